// Sets the remembered theme before the first paint, so that nothing flashes. Key and values as in lib/theme.ts.
(() => {
  let theme = null;
  try {
    theme = localStorage.getItem('switchboard.theme');
  } catch {
    // Storage may be forbidden; then the system's theme is used.
  }
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
})();
