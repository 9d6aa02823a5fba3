import { justtrack } from './justtrack';
import type { Provider } from './provider';

/** Every provider that the sandbox stands in for. */
export const providers: readonly Provider[] = [justtrack];
