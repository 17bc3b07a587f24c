{% load static %}// Keeps the shell of the phone page, which is the same for everybody, so that it opens without a
// network. Answers of the server are never kept. A new version of the page has a new name here.
"use strict";

const CACHE = "notes-{{ version }}";
const SHELL = "/f/";
const FILES = [
  "{% static 'tracker/css/tokens.css' %}",
  "{% static 'tracker/css/phone.css' %}",
  "{% static 'tracker/phone/icon.svg' %}",
  "{% static 'tracker/phone/icon-192.png' %}",
  "{% static 'tracker/js/phone/main.js' %}",
  "{% static 'tracker/js/phone/sealing.js' %}",
  "{% static 'tracker/js/phone/store.js' %}",
  "{% static 'tracker/js/phone/sending.js' %}",
  "{% static 'tracker/js/phone/words.js' %}",
  "{% static 'tracker/js/phone/road.js' %}",
  "{% static 'tracker/js/phone/logbook.js' %}",
  "{% static 'tracker/js/phone/page.js' %}",
  "{% static 'tracker/js/phone/adding.js' %}",
  "{% static 'tracker/js/phone/sheets.js' %}",
  "{% static 'tracker/js/phone/desk.js' %}",
  "{% static 'tracker/js/phone/sayings.js' %}",
  "{% static 'tracker/js/phone/export.js' %}",
  "{% static 'tracker/js/phone/qr.js' %}",
];

async function install() {
  const cache = await caches.open(CACHE);
  // All or none: half a page would not open.
  await cache.addAll([...FILES, new Request(SHELL, { cache: "reload" })]);
  await self.skipWaiting();
}

async function activate() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function answer(request, path) {
  const kept = await caches.match(path, { cacheName: CACHE });
  return kept || fetch(request);
}

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  const isOurs = request.method === "GET" && origin === self.location.origin;
  if (isOurs && (pathname === SHELL || FILES.includes(pathname))) {
    event.respondWith(answer(request, pathname));
  }
});
