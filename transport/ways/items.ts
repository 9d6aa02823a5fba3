import type { INodeExecutionData } from 'n8n-workflow';

import { createEventIdReader } from '../input/eventId';
import { validEvents } from '../input/events';
import { createReader } from '../input/mappingMode';
import { noteEvent, noteId } from '../input/notes';
import { createSchema } from '../input/schema';
import { readDelivery, readQueuePlace } from '../input/queueSettings';
import { isInQueueMode } from '../input/queueMode';
import { readDeliveryRecord, readPreviewOnly } from '../input/settings';
import { createValidator } from '../input/validate';
import type { PlannedEvent } from '../model/event';
import type { Notes } from '../model/notes';
import type { Outcome } from '../model/outcome';
import { openLedger } from '../record/ledger';
import { ofRecord, openRecord } from '../record/openRecord';
import { queueAll } from '../record/queueAll';
import { tellHalt, tellHeld, tellInvalid, tellQueueing, tellRefusal } from '../report/words';
import { messageOf } from '../text/show';
import { openChannel, outcomeWithId, sendAll, showAll, toBeTold, type Task } from './channel';

/**
 * The way of input items to the provider, or into the queue: each is an event.
 *
 * @returns the outcome of each item, in input order
 * @throws {RunRefused} where a setting or the credential cannot be used
 */
export async function deliverItems(
	task: Task,
	items: readonly INodeExecutionData[],
	notes: Notes,
): Promise<readonly Outcome[]> {
	const { context, provider, redact } = task;
	const channel = await openChannel(task);
	const { operation, settings, fields, form, maxBytes, speaker, mayRepeat, cancelSignal } = channel;
	const ledger = openLedger(context, mayRepeat);
	const isPreview = readPreviewOnly(context);
	const place = isPreview ? 'off' : readDeliveryRecord(context);
	const isQueued = !isPreview && readDelivery(context) === 'queue';

	const events = validEvents({
		fields,
		items: items.length,
		isDone: (itemIndex) => ledger.has(itemIndex),
		isDoubtful: (itemIndex) => ledger.isDoubtful(itemIndex),
		read: await createReader(context, items, fields, operation, notes.ignoredColumns),
		readEventId: await createEventIdReader(context, items),
		validate: createValidator(createSchema(operation, fields), fields, redact),
		encode: (event) => form.encode(event),
		maxBytes,
		onValid: (event) => {
			noteEvent(notes, event, operation, fields);
		},
		onInvalid: (itemIndex, problems, id) => {
			ledger.record(itemIndex, toBeTold({ ...tellInvalid(problems), id }, redact));
		},
		idKey: operation.idKey,
		cancelSignal,
	});
	const settle = (planned: PlannedEvent, outcome: Outcome) => {
		ledger.record(planned.itemIndex, outcomeWithId(channel, planned, outcome));
	};
	const onUnidentified = () => {
		notes.unidentified++;
	};
	const owner = {
		provider: provider.name,
		operation: task.operation,
		account: channel.account,
		execution: context.getExecutionId(),
		keepDays: settings.recordDays,
		mayRepeat,
	};
	notes.isRecordApart = place === 'thisInstance' && isInQueueMode();
	if (isQueued) {
		const stopped = tellHalt({ kind: 'stopped' }, 'cancelled', speaker);
		const queueing = queueAll(events, {
			...(await ofRecord(context, readQueuePlace(context), operation, owner)),
			onUnidentified,
			onQueued: (planned, how) => {
				settle(planned, toBeTold(tellQueueing(how, speaker), redact));
			},
		});
		const rest = await queueing.then(
			() => stopped,
			(error: unknown) => toBeTold(tellRefusal(error), redact),
		);
		return ledger.close(items.length, rest);
	}
	const record =
		place !== 'off'
			? await openRecord(context, place, operation, owner, {
					onHeld: (planned, held) => {
						settle(planned, toBeTold(tellHeld(held, speaker), redact));
					},
					onUnidentified,
					batchSize: settings.batchSize,
					waitMs: settings.timeout,
					cancelSignal,
				})
			: undefined;
	const passage = {
		rounds: record?.storedRounds(events) ?? [events],
		// told as soon as it is known: at the end 50,000 at once would hold up all else that n8n does
		onEnd: (planned: PlannedEvent, outcome: Outcome) => {
			if (planned.key === undefined) noteId(notes, planned.event, operation.idKey);
			settle(planned, outcome);
		},
		record,
	};
	// what is thrown on the way ends what has no outcome yet, and nothing else
	const rest = await (isPreview ? showAll(channel, passage) : sendAll(channel, passage)).catch(
		(error: unknown) => toBeTold(tellRefusal(error), redact),
	);
	await record?.finish().catch((error: unknown) => {
		notes.recordFailure = messageOf(error);
	});
	return ledger.close(items.length, rest);
}
