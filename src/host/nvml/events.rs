//! The driver's Xid events, where it tells them: Linux, and not inside WSL2.
//!
//! NVML keeps the last code only: of several events between two readings each has the code of the last one.

#[cfg(target_os = "linux")]
mod listening {
    use nvml_wrapper::bitmasks::event::EventTypes;
    use nvml_wrapper::enums::event::XidError;
    use nvml_wrapper::event::EventSet;
    use nvml_wrapper::{Device, Nvml};
    use std::collections::BTreeMap;
    use std::sync::Mutex;

    /// A storm of events is cut here; the next reading goes on.
    const MOST: usize = 16;
    /// NVML's word for a code that it does not know.
    const UNKNOWN: u64 = 999;

    /// The events of each card; `None` for one that tells none.
    #[derive(Default)]
    pub(in super::super) struct Events(Mutex<BTreeMap<u32, Option<EventSet<'static>>>>);

    impl Events {
        /// Codes since the last call; `None` where they are not known. The first call begins to listen.
        pub(in super::super) fn since_last(
            &self,
            nvml: &'static Nvml,
            index: u32,
            device: Option<&Device<'static>>,
        ) -> Option<Vec<u64>> {
            // Another reading is under way, perhaps for ever: it has the events.
            let mut sets = self.0.try_lock().ok()?;
            if let (None, Some(device)) = (sets.get(&index), device) {
                let set = nvml.create_event_set().ok();
                sets.insert(
                    index,
                    set.and_then(|set| device.register_events(EventTypes::CRITICAL_XID_ERROR, set).ok()),
                );
            }
            let set = sets.get(&index)?.as_ref()?;
            // A lost card's events are still told; the wait ends with an error when there are no more.
            let events = std::iter::from_fn(|| set.wait(0).ok()).take(MOST);
            let codes = events.filter_map(|event| event.event_data).map(|code| match code {
                XidError::Value(code) => code,
                XidError::Unknown => UNKNOWN,
            });
            Some(codes.collect())
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod listening {
    use nvml_wrapper::{Device, Nvml};

    /// Elsewhere NVML has no events.
    #[derive(Default)]
    pub(in super::super) struct Events;

    impl Events {
        /// Not known.
        #[expect(clippy::unused_self, reason = "the same call everywhere")]
        pub(in super::super) fn since_last(
            &self,
            _nvml: &'static Nvml,
            _index: u32,
            _device: Option<&Device<'static>>,
        ) -> Option<Vec<u64>> {
            None
        }
    }
}

pub(super) use listening::Events;
