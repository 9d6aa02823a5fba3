import type { ServerResponse } from 'node:http';

/** The shortest time between two messages to a page, in milliseconds. */
const PAUSE = 250;

/**
 * Tells open pages by server-sent events how things stand: at once, and whenever they change, each
 * time as a whole. A page that reads slowly misses what lies between, never the last.
 */
export class Live {
	private readonly pages = new Set<ServerResponse>();
	private timer: NodeJS.Timeout | undefined;

	/** @param read gives how things stand, as JSON can hold it */
	constructor(private readonly read: () => object) {}

	open(page: ServerResponse): void {
		page.writeHead(200, {
			'content-type': 'text/event-stream; charset=utf-8',
			'cache-control': 'no-store',
		});
		this.pages.add(page);
		page.once('close', () => this.pages.delete(page));
		page.on('drain', () => {
			this.changed();
		});
		page.write(this.message());
	}

	changed(): void {
		if (this.pages.size === 0 || this.timer !== undefined) return;
		this.timer = setTimeout(() => {
			this.timer = undefined;
			const message = this.message();
			for (const page of this.pages) {
				if (!page.writableNeedDrain) page.write(message);
			}
		}, PAUSE);
	}

	close(): void {
		clearTimeout(this.timer);
		this.timer = undefined;
		for (const page of this.pages) page.end();
	}

	private message(): string {
		return `data: ${JSON.stringify(this.read())}\n\n`;
	}
}
