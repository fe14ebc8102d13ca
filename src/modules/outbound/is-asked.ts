/** Whether a question is open, for the module that reads answers. */
export { isAsked } from './queries-automatic.ts';
