"""The field clock: real time, or an exercise that shifts and scales it."""
