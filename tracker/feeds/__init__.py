"""Pure snapshot dataclasses and the renderers that turn them into bytes."""
