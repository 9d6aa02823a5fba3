import { justtrack } from './justtrack';
import { myTracker } from './myTracker';
import type { Provider } from './provider';

/** Every provider that the sandbox stands in for. */
export const providers: readonly Provider[] = [justtrack, myTracker];
