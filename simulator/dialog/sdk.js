/* global window, document, location, URL, setInterval, clearInterval */
/**
 * The part of Meta's JavaScript SDK that Embedded Signup uses: FB.init, FB.login with a configuration, and fbAsyncInit. The code comes
 * back to the callback; the ids are posted by the window itself, as Meta's does.
 */
(() => {
  const base = new URL('.', document.currentScript.src);
  let appId = '';

  function openWindow(options) {
    const url = new URL('signup', base);
    url.searchParams.set('client_id', appId);
    url.searchParams.set('config_id', options.config_id ?? '');
    url.searchParams.set('origin', location.origin);
    return window.open(url, 'embedded-signup', 'popup,width=560,height=760');
  }

  window.FB = {
    init(options) {
      appId = options.appId;
    },
    login(callback, options) {
      const opened = openWindow(options);
      const watch = setInterval(() => {
        if (!opened || opened.closed) answer(null);
      }, 500);

      function answer(code) {
        clearInterval(watch);
        window.removeEventListener('message', listen);
        callback(
          code ? { status: 'connected', authResponse: { code } } : { status: 'unknown', authResponse: null },
        );
      }

      function listen(event) {
        if (event.origin !== base.origin || event.source !== opened) return;
        if (typeof event.data === 'object' && event.data !== null && 'simulatorLogin' in event.data)
          answer(event.data.simulatorLogin);
      }

      window.addEventListener('message', listen);
    },
  };
  window.fbAsyncInit?.();
})();
