-- A PIN that was kept here may have been changed elsewhere since. That Meta refused it is remembered, so that nobody relies on it.

ALTER TABLE public.number_pins ADD COLUMN refused_at timestamptz;
COMMENT ON COLUMN public.number_pins.refused_at IS
  'When Meta last said that the number has another PIN than this one; NULL once it took it, or before it was asked.';
