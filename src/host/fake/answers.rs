//! The answers of a made-up machine: [`Host`] for [`World`].

use super::{Files, Node, Nvml, World, file_error, hold};
use crate::facts::OsFamily;
use crate::host::{
    Answer, Basics, ChildEvent, ChildExit, Entry, Folders, GpuLibrary, Growing, Guard, Hop, Host, HostError, InUse,
    Meta, Note, PowerSupply, Receiver, Request,
};
use crate::plan::CommandSpec;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

struct FakeGrowing {
    files: Files,
    key: String,
}

impl Growing for FakeGrowing {
    fn add(&mut self, bytes: &[u8]) -> Result<(), HostError> {
        if let Some((_, Node::File(content))) = hold(&self.files).get_mut(&self.key) {
            content.extend_from_slice(bytes);
        }
        Ok(())
    }

    fn sync(&mut self) -> Result<(), HostError> {
        Ok(())
    }
}

struct FakeGuard {
    locks: Arc<Mutex<BTreeSet<String>>>,
    key: String,
}

impl Guard for FakeGuard {}

impl Drop for FakeGuard {
    fn drop(&mut self) {
        hold(&self.locks).remove(&self.key);
    }
}

impl Host for World {
    fn var(&self, key: &str) -> Option<OsString> {
        let same = |name: &str| {
            if self.family == OsFamily::Windows { name.eq_ignore_ascii_case(key) } else { name == key }
        };
        self.vars.iter().find(|(name, _)| same(name)).map(|(_, value)| OsString::from(value))
    }

    fn vars(&self) -> Vec<(OsString, OsString)> {
        self.vars.iter().map(|(key, value)| (key.into(), value.into())).collect()
    }

    fn now(&self) -> SystemTime {
        self.start + self.uptime()
    }

    fn uptime(&self) -> Duration {
        let own = hold(&self.spent).get(&std::thread::current().id()).copied().unwrap_or_default();
        *hold(&self.base) + own
    }

    fn pause(&self, time: Duration) {
        self.spend(time);
    }

    fn folders(&self) -> &Folders {
        &self.folders
    }

    fn program(&self) -> PathBuf {
        let name = if self.family == OsFamily::Windows { "torch-wizard.exe" } else { "torch-wizard" };
        PathBuf::from(format!("{}{}{name}", self.folders.program.display(), self.separator()))
    }

    fn family(&self) -> OsFamily {
        self.family
    }

    fn read(&self, path: &Path) -> Result<Vec<u8>, HostError> {
        let error = |kind| file_error("could not read", path, kind);
        match self.node(path) {
            Some(Node::File(bytes)) => Ok(bytes),
            Some(Node::Dir) => Err(error(io::ErrorKind::IsADirectory)),
            Some(Node::Refused(kind)) => Err(error(kind)),
            None => Err(error(io::ErrorKind::NotFound)),
        }
    }

    fn read_at(&self, path: &Path, from: u64, len: usize) -> Result<Vec<u8>, HostError> {
        let bytes = self.read(path)?;
        Ok(bytes.into_iter().skip(usize::try_from(from).unwrap_or(usize::MAX)).take(len).collect())
    }

    fn meta(&self, path: &Path) -> Option<Meta> {
        let (is_dir, len) = match self.node(path)? {
            Node::Dir => (true, 0),
            Node::File(bytes) => (false, bytes.len() as u64),
            Node::Refused(_) => (false, 0),
        };
        Some(Meta { is_dir, is_link: false, len, modified: Some(self.start) })
    }

    fn list(&self, path: &Path) -> Result<Vec<Entry>, HostError> {
        let error = |kind| file_error("could not list", path, kind);
        match self.node(path) {
            Some(Node::Dir) => {}
            Some(Node::File(_)) => return Err(error(io::ErrorKind::NotADirectory)),
            Some(Node::Refused(kind)) => return Err(error(kind)),
            None => return Err(error(io::ErrorKind::NotFound)),
        }
        let above = self.key(path);
        let above = above.trim_end_matches('/');
        let is_child = |key: &str| {
            key.strip_prefix(above)
                .and_then(|rest| rest.strip_prefix('/'))
                .is_some_and(|name| !name.is_empty() && !name.contains('/'))
        };
        let children: Vec<PathBuf> =
            hold(&self.files).iter().filter(|(key, _)| is_child(key)).map(|(_, (path, _))| path.clone()).collect();
        Ok(children.into_iter().filter_map(|path| Some(Entry { meta: self.meta(&path)?, path })).collect())
    }

    fn resolve(&self, path: &Path) -> PathBuf {
        let known = hold(&self.files).get(&self.key(path)).map(|(path, _)| path.clone());
        known.unwrap_or_else(|| path.to_owned())
    }

    fn write_atomic(&self, path: &Path, bytes: &[u8]) -> Result<(), HostError> {
        match self.node(path) {
            Some(Node::Refused(kind)) => Err(file_error("could not write", path, kind)),
            Some(Node::Dir) => Err(file_error("could not write", path, io::ErrorKind::IsADirectory)),
            Some(Node::File(_)) | None => {
                self.put(path, Node::File(bytes.to_vec()));
                Ok(())
            }
        }
    }

    fn overwrite(&self, path: &Path, bytes: &[u8]) -> Result<(), HostError> {
        self.write_atomic(path, bytes)
    }

    fn grow(&self, path: &Path) -> Result<Box<dyn Growing>, HostError> {
        match self.node(path) {
            Some(Node::File(_)) => {}
            None => self.put(path, Node::File(Vec::new())),
            Some(Node::Dir) => return Err(file_error("could not open", path, io::ErrorKind::IsADirectory)),
            Some(Node::Refused(kind)) => return Err(file_error("could not open", path, kind)),
        }
        Ok(Box::new(FakeGrowing { files: Arc::clone(&self.files), key: self.key(path) }))
    }

    fn make_dir(&self, path: &Path) -> Result<(), HostError> {
        match self.node(path) {
            Some(Node::Dir) => Ok(()),
            None => {
                self.put(path, Node::Dir);
                Ok(())
            }
            Some(Node::File(_)) => Err(file_error("could not make", path, io::ErrorKind::AlreadyExists)),
            Some(Node::Refused(kind)) => Err(file_error("could not make", path, kind)),
        }
    }

    fn rename(&self, from: &Path, to: &Path) -> Result<(), HostError> {
        if self.node(from).is_none() {
            return Err(file_error("could not rename", from, io::ErrorKind::NotFound));
        }
        if self.node(to).is_some() {
            return Err(file_error("could not rename to", to, io::ErrorKind::AlreadyExists));
        }
        let old = self.key(from);
        let moved: Vec<(String, Node)> = {
            let mut files = hold(&self.files);
            let keys: Vec<String> = files.keys().filter(|key| is_within(key, &old)).cloned().collect();
            let mut take = |key: String| {
                let (_, node) = files.remove(&key)?;
                Some((key.strip_prefix(&old).unwrap_or_default().to_owned(), node))
            };
            keys.into_iter().filter_map(&mut take).collect()
        };
        for (rest, node) in moved {
            self.put(Path::new(&format!("{}{rest}", to.display())), node);
        }
        Ok(())
    }

    fn remove(&self, path: &Path) -> Result<(), HostError> {
        if let Some(Node::Refused(kind)) = self.node(path) {
            return Err(file_error("could not remove", path, kind));
        }
        let gone = self.key(path);
        hold(&self.files).retain(|key, _| !is_within(key, &gone));
        Ok(())
    }

    fn holders(&self, path: &Path) -> Option<InUse> {
        let mut held = hold(&self.held);
        let (at, holder, left) = held.iter_mut().find(|(at, _, left)| at.starts_with(path) && *left > 0)?;
        *left -= 1;
        Some(InUse { path: at.clone(), holders: vec![holder.clone()] })
    }

    fn link_or_copy(&self, from: &Path, to: &Path) -> Result<(), HostError> {
        let bytes = self.read(from)?;
        if self.node(to).is_some() {
            return Err(file_error("could not link", to, io::ErrorKind::AlreadyExists));
        }
        self.put(to, Node::File(bytes));
        Ok(())
    }

    fn free_bytes(&self, path: &Path) -> Result<u64, HostError> {
        let key = self.key(path);
        let free = hold(&self.free);
        let volumes = free.iter().filter(|(folder, _)| is_within(&key, folder));
        volumes
            .max_by_key(|(folder, _)| folder.len())
            .map(|(_, bytes)| *bytes)
            .ok_or_else(|| file_error("could not ask for the free space of", path, io::ErrorKind::NotFound))
    }

    fn fixed_volumes(&self) -> Vec<PathBuf> {
        self.fixed.clone()
    }

    fn volume_name(&self, path: &Path) -> String {
        let key = self.key(path);
        let free = hold(&self.free);
        let volumes = free.keys().filter(|folder| is_within(&key, folder));
        volumes.max_by_key(|folder| folder.len()).cloned().unwrap_or_default()
    }

    fn can_link(&self, from: &Path, to: &Path) -> bool {
        self.volume_name(from) == self.volume_name(to)
    }

    fn lock(&self, path: &Path) -> Result<Option<Box<dyn Guard>>, HostError> {
        if let Some(Node::Refused(kind)) = self.node(path) {
            return Err(file_error("could not lock", path, kind));
        }
        let key = self.key(path);
        if !hold(&self.locks).insert(key.clone()) {
            return Ok(None);
        }
        Ok(Some(Box::new(FakeGuard { locks: Arc::clone(&self.locks), key })))
    }

    fn find_programs(&self, name: &str) -> Vec<PathBuf> {
        let has_ending = Path::new(name).extension().is_some_and(|ending| ending.eq_ignore_ascii_case("exe"));
        let ending = if self.family == OsFamily::Windows && !has_ending { ".exe" } else { "" };
        let here = |folder: String| {
            let path =
                PathBuf::from(format!("{}{}{name}{ending}", folder.trim_end_matches(['/', '\\']), self.separator()));
            self.node(&path).filter(|node| matches!(node, Node::File(_))).map(|_| path)
        };
        self.path_folders().into_iter().filter_map(here).collect()
    }

    fn run(
        &self,
        command: &CommandSpec,
        on: &mut dyn FnMut(ChildEvent<'_>) -> ControlFlow<()>,
    ) -> Result<ChildExit, HostError> {
        hold(&self.ran).push(command.clone());
        let Some(path) = self.locate(&command.program) else {
            return Err(HostError::NotFound { program: command.program.clone() });
        };
        let Some(script) = self.script(&path, &command.args) else {
            // A file that is no program of this world: the system refuses to start it.
            return Err(HostError::Start { program: path, source: io::ErrorKind::PermissionDenied.into() });
        };
        Ok(script.play(&|time| self.spend(time), on))
    }

    fn launch(&self, command: &CommandSpec) -> Result<(), HostError> {
        if self.locate(&command.program).is_none() {
            return Err(HostError::NotFound { program: command.program.clone() });
        }
        hold(&self.launched).push(command.clone());
        Ok(())
    }

    fn notify(&self, note: &Note) -> Result<(), HostError> {
        hold(&self.notes).push(note.clone());
        Ok(())
    }

    fn open(&self, path: &Path) -> Result<(), HostError> {
        if self.node(path).is_none() {
            return Err(file_error("could not open", path, io::ErrorKind::NotFound));
        }
        hold(&self.opened).push(path.to_owned());
        Ok(())
    }

    fn process_began(&self, id: u32) -> Option<u64> {
        self.group_is_alive(id).then_some(0)
    }

    fn group_is_alive(&self, leader: u32) -> bool {
        hold(&self.groups).contains(&leader)
    }

    fn end_group(&self, leader: u32) -> Result<(), HostError> {
        hold(&self.groups).remove(&leader);
        Ok(())
    }

    fn request(&self, request: &Request, receiver: &mut dyn Receiver) -> Result<(), HostError> {
        let url = &request.url;
        let broken = self.broken_urls.iter().find(|(prefix, _)| url.starts_with(prefix.as_str())).map(|(_, hop)| *hop);
        let page = self.urls.get(url).filter(|_| broken.is_none());
        let Some((answer, body)) = page else {
            let hop = broken.unwrap_or(Hop::Name);
            return Err(HostError::Network { hop, text: "no such page in this world".to_owned(), url: url.clone() });
        };
        if answer.status >= 400 {
            return Err(HostError::Status { status: answer.status, url: url.clone(), retry_after: None });
        }
        let total = body.len() as u64;
        let from = request.from.filter(|_| answer.ranges).unwrap_or_default();
        if from > total {
            return Err(HostError::Status { status: 416, url: url.clone(), retry_after: None });
        }
        let status = if from > 0 { 206 } else { answer.status };
        let answer = Answer { status, total: answer.total.or(Some(total)), ..answer.clone() };
        let rest = usize::try_from(from).ok().and_then(|from| body.get(from..)).unwrap_or_default();
        let stopped = receiver.begin(&answer).is_break()
            || (!request.head && rest.chunks(64 * 1024).any(|piece| receiver.piece(piece).is_break()));
        if stopped { Err(HostError::Stopped) } else { Ok(()) }
    }

    fn proxy_for(&self, _url: &str) -> Option<String> {
        self.proxy.clone()
    }

    fn gpu_library(&self) -> Result<Arc<dyn GpuLibrary>, HostError> {
        match &self.nvml {
            Nvml::Loaded(library) => Ok(Arc::clone(library)),
            Nvml::Fails { code, text } => Err(HostError::Nvml { code: *code, text: text.clone() }),
            Nvml::Missing => {
                let name = if self.family == OsFamily::Windows { "nvml.dll" } else { "libnvidia-ml.so.1" };
                Err(HostError::NotFound { program: PathBuf::from(name) })
            }
        }
    }

    fn basics(&self) -> Basics {
        self.basics.clone()
    }

    fn start_at_log_in(&self, command: Option<&CommandSpec>) -> Result<(), HostError> {
        *hold(&self.at_log_in) = command.cloned();
        Ok(())
    }

    fn power_supply(&self) -> Option<PowerSupply> {
        self.power_supply
    }

    fn present_devices(&self, bus: &str) -> Option<Vec<String>> {
        let of_bus = |id: &&String| id.starts_with(&format!(r"{bus}\"));
        self.present.as_ref().map(|ids| ids.iter().filter(of_bus).cloned().collect())
    }

    fn booted(&self) -> Option<u64> {
        *hold(&self.booted)
    }

    fn is_elevated(&self) -> bool {
        self.elevated
    }

    fn registry(&self, key: &str, value: &str) -> Option<String> {
        let values = self.registry.iter().find(|(name, _)| name.eq_ignore_ascii_case(key))?.1;
        values.get(&value.to_lowercase()).cloned()
    }

    fn registry_keys(&self, key: &str) -> Vec<String> {
        let above = format!("{}\\", key.trim_end_matches('\\').to_lowercase());
        let mut names: Vec<String> = Vec::new();
        for full in self.registry.keys().filter(|full| full.to_lowercase().starts_with(&above)) {
            let name = full.get(above.len()..).and_then(|rest| rest.split('\\').next()).unwrap_or_default();
            if !name.is_empty() && !names.iter().any(|known| known.eq_ignore_ascii_case(name)) {
                names.push(name.to_owned());
            }
        }
        names
    }
}

fn is_within(key: &str, folder: &str) -> bool {
    key.strip_prefix(folder.trim_end_matches('/')).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
