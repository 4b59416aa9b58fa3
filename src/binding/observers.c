/* A heap has one observer.  In a lab several may wait for its events: the handlers of
 * heap.on (events.c), a chronicle (chronicle.c), the recorder (record.c), which must know
 * when an address loses its number, the notes of how objects died (deaths.c), the ledger
 * (ledger.c), and what is exported (export.c). */
#include "binding.h"

#define LEDGER_EVENTS \
    (RC_EVENT_BIT(RC_COUNT_CHANGED) | RC_EVENT_BIT(RC_CREATED) | RC_EVENT_BIT(RC_DESTROYED))

/* What the handlers of heap.on wait for, and what their queue needs: as long as there is one, it
 * must know who has died. */
static uint32_t handled_events(const bind_lab *lab)
{
    uint32_t events = 0;

    for (int i = 0; i < RC_EVENT_KINDS; i++)
        if (lab->events.handlers[i] > 0)
            events |= RC_EVENT_BIT(i);
    return events || lab->events.count > 0 ? events | RC_EVENT_BIT(RC_DESTROYED) : 0;
}

void bind_tell_others(bind_lab *lab, rc_heap *heap, const rc_event *event)
{
    if (event->kind == RC_MEMORY_RETURNED && lab->recorder)
        rc_recorder_returned(lab->recorder, event->address);
    if (lab->chronicle)
        bind_chronicle_event(lab->chronicle, heap, event);
    if (lab->exporter)
        bind_export_event(lab, event);
    if (event->kind == RC_DESTROYED && lab->noting)
        bind_note_death(lab, event);
    if (event->kind == RC_DESTROYED || lab->events.handlers[event->kind] > 0)
        bind_take_event(lab, heap, event);
}

static void notify(void *context, rc_heap *heap, const rc_event *event)
{
    bind_lab *lab = context;

    if (lab->ledger && (event->kind == RC_CREATED || event->kind == RC_DESTROYED))
        bind_ledger_life(lab, event);
    if (lab->told)
        bind_tell_others(lab, heap, event);
}

/* Who waits for what has changed. */
void bind_observe(bind_lab *lab)
{
    uint32_t others = handled_events(lab) | (lab->recorder ? RC_EVENT_BIT(RC_MEMORY_RETURNED) : 0)
                      | (lab->chronicle ? RC_ALL_EVENTS : 0)
                      | (lab->noting ? RC_EVENT_BIT(RC_DESTROYED) : 0)
                      | (lab->exporter ? RC_ALL_EVENTS : 0);
    rc_observer observer = {
        .events = others | (lab->ledger ? LEDGER_EVENTS : 0), .notify = notify, .context = lab,
        .count_changed = lab->ledger ? bind_ledger_change : NULL,
    };

    lab->told = others != 0;
    rc_observe(lab->heap, observer.events ? &observer : NULL);
}
