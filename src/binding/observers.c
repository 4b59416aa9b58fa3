/* A heap has one observer.  In a lab three may wait for its events: the handlers of
 * heap.on (events.c), a chronicle (chronicle.c), and the recorder (record.c), which must
 * know when an address loses its number. */
#include "binding.h"

/* What the handlers of heap.on wait for, and what their queue needs. */
static uint32_t handled_events(const bind_lab *lab)
{
    uint32_t events = 0;

    for (int i = 0; i < RC_EVENT_KINDS; i++)
        if (lab->events.handlers[i] > 0)
            events |= RC_EVENT_BIT(i);
    return events ? events | RC_EVENT_BIT(RC_DESTROYED) : 0;
}

static void notify(void *context, rc_heap *heap, const rc_event *event)
{
    bind_lab *lab = context;

    if (event->kind == RC_MEMORY_RETURNED && lab->recorder)
        rc_recorder_returned(lab->recorder, event->address);
    if (lab->chronicle)
        bind_chronicle_event(lab->chronicle, heap, event);
    if (event->kind == RC_DESTROYED || lab->events.handlers[event->kind] > 0)
        bind_take_event(lab, heap, event);
}

/* Who waits for what has changed. */
void bind_observe(bind_lab *lab)
{
    rc_observer observer = {
        .events = handled_events(lab) | (lab->recorder ? RC_EVENT_BIT(RC_MEMORY_RETURNED) : 0)
                  | (lab->chronicle ? RC_ALL_EVENTS : 0),
        .notify = notify, .context = lab,
    };

    rc_observe(lab->heap, observer.events ? &observer : NULL);
}
