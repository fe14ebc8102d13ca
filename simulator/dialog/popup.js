/* global window, document */
/** The end of Embedded Signup: tells the window that opened this one, in Meta's words, and closes. */
const { origin, message, code } = document.body.dataset;
if (window.opener) {
  window.opener.postMessage(message, origin);
  window.opener.postMessage({ simulatorLogin: code || null }, origin);
  window.close();
}
