"""Addresses for the showcase, so that its navigation has somewhere to lead."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def _nothing(_request: HttpRequest) -> HttpResponse:
    return HttpResponse()


urlpatterns = [
    path("", _nothing, name="home"),
    path("board/", _nothing, name="board"),
    path("corridors/", _nothing, name="corridor_list"),
    path("convoys/", _nothing, name="convoy_list"),
    path("log/", _nothing, name="log"),
    path("alerts/", _nothing, name="alert_list"),
    path("accounts/", include("allauth.urls")),
    path("i18n/setlang/", _nothing, name="set_language"),
]
