//! The socket that Terraform connects to: a unix socket for the owner alone, or loopback TCP.

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::path::PathBuf;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;

/// Where to listen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Network {
    /// A socket in the file system.
    Unix {
        /// The folder in which a folder of our own is made for it.
        folder: PathBuf,
        /// The group that may connect besides the owner, by name or number.
        group: Option<String>,
    },
    /// A port of 127.0.0.1.
    Tcp {
        /// The ports allowed; `0..=0` leaves the choice to the system.
        ports: RangeInclusive<u16>,
    },
}

/// Where a [`Listener`] listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// The path of a socket.
    Unix(PathBuf),
    /// A port of 127.0.0.1.
    Tcp(SocketAddr),
}

impl Address {
    /// The network's name in the handshake: `unix` or `tcp`.
    pub fn network(&self) -> &'static str {
        match self {
            Self::Unix(_) => "unix",
            Self::Tcp(_) => "tcp",
        }
    }
}

/// As the handshake has it: a path, or an address and a port.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unix(path) => write!(f, "{}", path.display()),
            Self::Tcp(address) => write!(f, "{address}"),
        }
    }
}

/// A socket that is listened at; dropping it removes what it left in the file system.
#[derive(Debug)]
pub struct Listener(Inner);

#[derive(Debug)]
enum Inner {
    #[cfg(unix)]
    Unix(unix::OwnSocket),
    Tcp(TcpListener),
}

/// A connection that was accepted.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

impl Listener {
    /// Listens at `network`.
    ///
    /// # Errors
    ///
    /// The system's error.
    pub async fn bind(network: &Network) -> io::Result<Self> {
        match network {
            #[cfg(unix)]
            Network::Unix { folder, group } => {
                Ok(Self(Inner::Unix(unix::OwnSocket::bind(folder, group.as_deref())?)))
            }
            #[cfg(not(unix))]
            Network::Unix { .. } => Err(io::ErrorKind::Unsupported.into()),
            Network::Tcp { ports } => {
                let addresses: Vec<SocketAddr> =
                    ports.clone().map(|port| (Ipv4Addr::LOCALHOST, port).into()).collect();
                // Takes the first of them that is free.
                Ok(Self(Inner::Tcp(TcpListener::bind(addresses.as_slice()).await?)))
            }
        }
    }

    /// Where a client finds it.
    ///
    /// # Errors
    ///
    /// The system's error.
    pub fn address(&self) -> io::Result<Address> {
        match &self.0 {
            #[cfg(unix)]
            Inner::Unix(socket) => Ok(Address::Unix(socket.path())),
            Inner::Tcp(listener) => listener.local_addr().map(Address::Tcp),
        }
    }

    /// Waits for the next connection.
    ///
    /// # Errors
    ///
    /// The system's error: one connection failed, or there are too many files open.
    pub async fn accept(&self) -> io::Result<Box<dyn Stream>> {
        match &self.0 {
            #[cfg(unix)]
            Inner::Unix(socket) => Ok(Box::new(socket.listener.accept().await?.0)),
            Inner::Tcp(listener) => {
                let (stream, _) = listener.accept().await?;
                stream.set_nodelay(true)?;
                Ok(Box::new(stream))
            }
        }
    }
}

#[cfg(unix)]
mod unix {
    use std::fs::{self, DirBuilder, Permissions};
    use std::io;
    use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _, chown};
    use std::path::{Path, PathBuf};

    use tokio::net::UnixListener;

    /// A socket in a folder of its own.
    ///
    /// A socket is made with the permissions of the process's umask, and only then can they be
    /// narrowed: in between, anybody could connect. So it is made inside a folder that only its
    /// owner may enter.
    #[derive(Debug)]
    pub(super) struct OwnSocket {
        pub(super) listener: UnixListener,
        folder: PathBuf,
    }

    impl OwnSocket {
        pub(super) fn bind(folder: &Path, group: Option<&str>) -> io::Result<Self> {
            // Short: the path of a socket may have 104 bytes on macOS, half of which its folder
            // for temporary files takes.
            let folder = folder.join(format!("m365-{:016x}", fastrand::u64(..)));
            DirBuilder::new().mode(0o700).create(&folder)?;
            let socket = fs::canonicalize(&folder).and_then(|folder| {
                Self::bind_in(&folder, group).map(|listener| (listener, folder))
            });
            match socket {
                Ok((listener, folder)) => Ok(Self { listener, folder }),
                Err(error) => {
                    remove(&folder);
                    Err(error)
                }
            }
        }

        fn bind_in(folder: &Path, group: Option<&str>) -> io::Result<UnixListener> {
            let path = socket(folder);
            let listener = UnixListener::bind(&path)?;
            match group {
                None => fs::set_permissions(&path, Permissions::from_mode(0o600))?,
                Some(group) => {
                    let group = group_id(group, &fs::read_to_string("/etc/group")?)?;
                    for (path, mode) in [(path.as_path(), 0o660), (folder, 0o710)] {
                        chown(path, None, Some(group))?;
                        fs::set_permissions(path, Permissions::from_mode(mode))?;
                    }
                }
            }
            Ok(listener)
        }

        pub(super) fn path(&self) -> PathBuf {
            socket(&self.folder)
        }
    }

    impl Drop for OwnSocket {
        fn drop(&mut self) {
            remove(&self.folder);
        }
    }

    fn socket(folder: &Path) -> PathBuf {
        folder.join("socket")
    }

    /// What cannot be removed is left behind: there is nobody to tell at this point.
    fn remove(folder: &Path) {
        let _ = fs::remove_file(socket(folder));
        let _ = fs::remove_dir(folder);
    }

    /// The number of the group `name`, which may be a number already, by `groups`: the text of
    /// `/etc/group`.
    fn group_id(name: &str, groups: &str) -> io::Result<u32> {
        if let Ok(number) = name.parse() {
            return Ok(number);
        }
        let fields = groups.lines().map(|line| line.split(':').collect::<Vec<_>>());
        fields
            .filter(|fields| fields.first() == Some(&name))
            .find_map(|fields| fields.get(2)?.parse().ok())
            .ok_or_else(|| {
                let message = format!("PLUGIN_UNIX_SOCKET_GROUP names no group: {name:?}");
                io::Error::new(io::ErrorKind::NotFound, message)
            })
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[tokio::test]
        async fn the_socket_is_for_its_owner_and_leaves_nothing_behind() {
            let parent = tempfile::tempdir().unwrap();
            let socket = OwnSocket::bind(parent.path(), None).unwrap();
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode(&socket.folder), 0o700);
            assert_eq!(mode(&socket.path()), 0o600);
            drop(socket);
            assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 0);
        }

        #[tokio::test]
        async fn a_group_may_be_let_in() {
            use std::os::unix::fs::MetadataExt as _;
            let parent = tempfile::tempdir().unwrap();
            let own = fs::metadata(parent.path()).unwrap().gid();
            let socket = OwnSocket::bind(parent.path(), Some(&own.to_string())).unwrap();
            let metadata = fs::metadata(socket.path()).unwrap();
            assert_eq!((metadata.gid(), metadata.permissions().mode() & 0o777), (own, 0o660));
        }

        #[tokio::test]
        async fn an_unknown_group_is_an_error_that_leaves_nothing_behind() {
            let parent = tempfile::tempdir().unwrap();
            let error = OwnSocket::bind(parent.path(), Some("no such group")).unwrap_err();
            assert!(error.to_string().contains("no such group"), "{error}");
            assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 0);
        }

        #[test]
        fn groups_are_found_by_name_or_number() {
            let groups = "root:x:0:\nstaff:x:50:ann,ben\n";
            assert_eq!(group_id("staff", groups).unwrap(), 50);
            assert_eq!(group_id("7", groups).unwrap(), 7);
            assert!(group_id("sta", groups).is_err());
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpStream;

    use super::*;

    #[tokio::test]
    async fn loopback_tcp_accepts_connections() {
        let listener = Listener::bind(&Network::Tcp { ports: 0..=0 }).await.unwrap();
        let Address::Tcp(address) = listener.address().unwrap() else { panic!("not TCP") };
        assert!(address.ip().is_loopback());
        let client = async {
            TcpStream::connect(address).await.unwrap().write_all(b"hello").await.unwrap();
        };
        let server = async {
            let mut text = String::new();
            listener.accept().await.unwrap().read_to_string(&mut text).await.unwrap();
            text
        };
        assert_eq!(tokio::join!(client, server).1, "hello");
    }

    #[tokio::test]
    async fn a_taken_port_is_passed_over() {
        let taken = Listener::bind(&Network::Tcp { ports: 0..=0 }).await.unwrap();
        let Address::Tcp(address) = taken.address().unwrap() else { panic!("not TCP") };
        let ports = address.port()..=address.port().saturating_add(200);
        let Address::Tcp(next) =
            Listener::bind(&Network::Tcp { ports }).await.unwrap().address().unwrap()
        else {
            panic!("not TCP")
        };
        assert!(next.port() > address.port());
    }
}
