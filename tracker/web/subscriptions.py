"""Pages on which people outside ask for alerts, confirm it, and stop."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from csp.decorators import csp_update
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from tracker.alerts import subscriptions
from tracker.corridors.models import Corridor
from tracker.corridors.queries import corridors_in_order
from tracker.exercises.clock import field_clock
from tracker.templatetags.pieces import public_style_hash

View = TypeVar("View", bound=Callable[..., HttpResponse])


def in_public_style(view: View) -> View:
    """Let the page carry the style block of the public pages: the policy names its hash."""
    return cast("View", csp_update({"style-src": [public_style_hash()]})(view))


class SubscribeForm(forms.Form):
    """What somebody outside wants to be told, and where."""

    corridor = forms.ModelChoiceField(
        label=_("Which corridor?"),
        queryset=Corridor.objects.none(),
        to_field_name="slug",
        required=False,
        empty_label=_("All corridors"),
    )
    email = forms.EmailField(
        label=_("Your e-mail"),
        help_text=_("We send one message to confirm it."),
        error_messages={
            "invalid": _("Write the whole address, such as name@example.org"),
            "required": _("Write your address, such as name@example.org"),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email", "dir": "ltr"}),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Form takes what Django hands
        choice = self.fields["corridor"]
        assert isinstance(choice, forms.ModelChoiceField)
        choice.queryset = corridors_in_order().filter(is_public=True)


@never_cache
@in_public_style
@require_http_methods(["GET", "HEAD", "POST"])
def subscribe(request: HttpRequest) -> HttpResponse:
    """Take the wish; the answer is the same whether the address is known, new or asks too often."""
    if request.method != "POST":
        form = SubscribeForm(initial={"corridor": request.GET.get("corridor", "")})
        return render(request, "subscriptions/subscribe.html", {"form": form})
    form = SubscribeForm(request.POST)
    if not form.is_valid():
        return render(request, "subscriptions/subscribe.html", {"form": form}, status=422)
    subscriptions.ask(
        address=form.cleaned_data["email"],
        corridor=form.cleaned_data["corridor"],
        language=translation.get_language() or "en",
        network=request.META.get("REMOTE_ADDR", ""),
        now=timezone.now(),
        is_exercise=field_clock().is_exercise,
    )
    return redirect("subscribe_sent")


@never_cache
@in_public_style
@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """Say what to do next, without repeating the address."""
    return render(request, "subscriptions/sent.html")


@never_cache
@in_public_style
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Show the button; only pressing it confirms, since mail scanners open every link."""
    now = timezone.now()
    try:
        if request.method == "POST":
            subscriptions.confirm(token=token, now=now)
            return redirect("subscribe_confirmed")
        wish = subscriptions.waiting_for(token=token, now=now)
    except subscriptions.LinkSpent:
        return render(request, "subscriptions/spent.html", status=410)
    context = {"corridor": wish.corridor, "address": reverse("subscribe_confirm", args=[token])}
    return render(request, "subscriptions/confirm.html", context)


@never_cache
@in_public_style
@require_safe
def confirmed(request: HttpRequest) -> HttpResponse:
    """Say that alerts come from now on."""
    return render(request, "subscriptions/confirmed.html")


# A mail program posts here by itself (RFC 8058), without cookies; the token is the secret.
@csrf_exempt
@never_cache
@in_public_style
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Delete the address of this link on POST; a spent link gets the same answer."""
    if request.method == "POST":
        subscriptions.stop(token=token)
        return render(request, "subscriptions/stopped.html")
    return render(request, "subscriptions/stop.html", {"address": request.path})


urlpatterns = [
    path("subscribe/", subscribe, name="subscribe"),
    path("subscribe/sent/", sent, name="subscribe_sent"),
    path("subscribe/confirmed/", confirmed, name="subscribe_confirmed"),
    path("subscribe/confirm/<str:token>/", confirm, name="subscribe_confirm"),
    path("stop/<str:token>/", stop, name="subscribe_stop"),
]
