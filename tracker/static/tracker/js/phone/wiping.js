// Leaves nothing behind: store, cached page, worker, settings. Other tabs are told to let go.

export async function wipe(eraseStore) {
  localStorage.clear();
  sessionStorage.clear();
  await eraseStore();
  if (window.caches) {
    const names = await caches.keys();
    await Promise.all(names.map((name) => caches.delete(name)));
  }
  if (!navigator.serviceWorker) return;
  const workers = await navigator.serviceWorker.getRegistrations();
  await Promise.all(workers.map((worker) => worker.unregister()));
}
