/** The rules of one number, in order. Each moves by its buttons, and with the arrow keys while one of them has the focus. */
import { ArrowDown, ArrowUp, Plus, X } from 'lucide-react';
import { useEffect, useRef, type KeyboardEvent } from 'react';
import { isFocusLost } from '../../lib/is-focus-lost.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import type { RoutingRule } from './queries.ts';
import { moveRule, ruleWords, unusedRules } from './routing.ts';
import styles from './numbers-page.module.css';

type RoutingOrderProps = {
  rules: RoutingRule[];
  onChange: (rules: RoutingRule[]) => void;
  disabled: boolean;
};

export function RoutingOrder({ rules, onChange, disabled }: RoutingOrderProps) {
  const list = useRef<HTMLOListElement>(null);
  /** Where the focus goes when the change is saved, which makes the rules others than they were. */
  const wanted = useRef<{ place: number; button: 'up' | 'down' | 'remove'; were: RoutingRule[] } | null>(
    null,
  );

  // While a change is saved the buttons are off and lose the focus.
  useEffect(() => {
    if (disabled || wanted.current === null || wanted.current.were === rules) return;
    const { place, button } = wanted.current;
    wanted.current = null;
    if (!isFocusLost()) return;
    const row = list.current?.children[Math.min(place, rules.length - 1)];
    const buttons = [...(row?.querySelectorAll<HTMLButtonElement>('button:enabled') ?? [])];
    (buttons.find((one) => one.dataset['does'] === button) ?? buttons[0])?.focus();
  }, [disabled, rules]);

  function move(index: number, by: -1 | 1) {
    const moved = moveRule(rules, index, by);
    if (moved === rules) return;
    // The focus goes along, so that pressing again moves the same rule on.
    wanted.current = { place: index + by, button: by === -1 ? 'up' : 'down', were: rules };
    onChange(moved);
  }

  function remove(index: number) {
    wanted.current = { place: index, button: 'remove', were: rules };
    onChange(rules.filter((_, at) => at !== index));
  }

  function onKeyDown(event: KeyboardEvent, index: number) {
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
    event.preventDefault();
    move(index, event.key === 'ArrowUp' ? -1 : 1);
  }

  return (
    <>
      <ol ref={list} className={styles['rules']} aria-label="Rules in their order">
        {rules.map((rule, index) => (
          <li key={rule} className={styles['rule']} onKeyDown={(event) => onKeyDown(event, index)}>
            <span className={styles['place']}>{index + 1}</span>
            <span className={styles['ruleWords']}>
              <span>{ruleWords[rule].label}</span>
              <span className={styles['help']}>{ruleWords[rule].help}</span>
            </span>
            <IconButton
              label={`Move ${ruleWords[rule].label} up`}
              data-does="up"
              disabled={disabled || index === 0}
              onClick={() => move(index, -1)}
            >
              <ArrowUp size={16} aria-hidden />
            </IconButton>
            <IconButton
              label={`Move ${ruleWords[rule].label} down`}
              data-does="down"
              disabled={disabled || index === rules.length - 1}
              onClick={() => move(index, 1)}
            >
              <ArrowDown size={16} aria-hidden />
            </IconButton>
            <IconButton
              label={`Do not ask ${ruleWords[rule].label}`}
              data-does="remove"
              disabled={disabled || rules.length === 1}
              onClick={() => remove(index)}
            >
              <X size={16} aria-hidden />
            </IconButton>
          </li>
        ))}
      </ol>
      <div className={styles['unused']}>
        {unusedRules(rules).map((rule) => (
          <Button
            key={rule}
            size="s"
            variant="ghost"
            icon={<Plus size={14} aria-hidden />}
            disabled={disabled}
            onClick={() => onChange([...rules, rule])}
          >
            {ruleWords[rule].label}
          </Button>
        ))}
      </div>
    </>
  );
}
