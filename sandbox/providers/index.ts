import { justtrack } from './justtrack';
import { myTracker } from './myTracker';
import type { Provider } from './provider';
import { runative } from './runative';
import { singular } from './singular';
import { twentyFourMetrics } from './twentyFourMetrics';

/** Every provider that the sandbox stands in for. */
export const providers: readonly Provider[] = [
	justtrack,
	myTracker,
	singular,
	twentyFourMetrics,
	runative,
];
