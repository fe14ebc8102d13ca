/** Where the focus goes when a dialog closes: to what had it before, or a keyboard user starts again at the top of the page. */
import { useCallback, useLayoutEffect, useRef } from 'react';
import { isFocusLost } from '../lib/is-focus-lost.ts';

/**
 * For a dialog's `onCloseAutoFocus`. Our dialogs are opened by state and have no trigger that Radix could return to. Radix calls it a moment
 * after the dialog is gone: whoever has moved the focus by then keeps it.
 */
export function useReturnFocus(open: boolean): (event: Event) => void {
  const before = useRef<Element | null>(null);
  // The content is mounted after this effect: the focus is still outside.
  useLayoutEffect(() => {
    if (open) before.current = openerOf(document.activeElement);
  }, [open]);
  return useCallback((event) => {
    event.preventDefault();
    if (isFocusLost() && before.current instanceof HTMLElement && before.current.isConnected)
      before.current.focus();
  }, []);
}

/** The item of a menu is gone with its menu; what opened the menu stays. */
function openerOf(element: Element | null): Element | null {
  const menu = element?.closest('[role=menu]');
  if (!menu) return element;
  return document.getElementById(menu.getAttribute('aria-labelledby') ?? '');
}
