/** Counts the work under way, so that no more is begun than can be held. */
export class Backlog {
	private underWay = 0;
	private wake: () => void = () => undefined;

	/** @param size how much work may be under way by now */
	constructor(private readonly size: () => number) {}

	/** Takes up work that never fails. */
	add(work: Promise<void>): void {
		this.underWay++;
		void work.then(() => {
			this.underWay--;
			this.wake();
		});
	}

	/** Resolves when further work may be taken up. */
	async hasRoom(): Promise<void> {
		await this.until(() => this.underWay < this.size());
	}

	async isEmpty(): Promise<void> {
		await this.until(() => this.underWay === 0);
	}

	private async until(holds: () => boolean): Promise<void> {
		while (!holds()) {
			await new Promise<void>((resolve) => {
				this.wake = resolve;
			});
		}
	}
}
