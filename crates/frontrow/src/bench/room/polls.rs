//! What everybody polls, beside the fastest answer that nginx has: `return 200`, on the same two processors.
#![expect(clippy::disallowed_methods, reason = "it waits for processes, on a thread of its own")]

use std::{
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result};
use rustix::process::{Pid, Signal, kill_process};

use super::{
    joins::{free_address, serve, wait_for},
    wire::{self, Protocol},
};
use crate::bench::{
    load::Sample,
    report::{Group, Line},
};

const CONNECTIONS: u32 = 100;
/// Server and clients each have two.
const SERVER: &str = "0,1";
const CLIENTS: &str = "2,3";

struct Nginx(Child);

impl Drop for Nginx {
    fn drop(&mut self) {
        // Asked, and not killed: its workers would stay.
        let asked = kill_process(Pid::from_child(&self.0), Signal::TERM);
        if asked.is_err() {
            let _ = self.0.kill();
        }
        let _ = self.0.wait();
    }
}

/// In turns: nginx, the room, nginx, the room.
pub(super) fn measure(seconds: u64, directory: &Path) -> Result<Group> {
    let time = Duration::from_secs(seconds);
    let mut group = Group::new("Polls of the public status over HTTP, 100 connections", "polls");
    let pinned = std::thread::available_parallelism().is_ok_and(|count| count.get() >= 4)
        && pin_self(CLIENTS);
    let shop = serve(&directory.join("polls"), pinned.then_some(SERVER))?;
    let path = format!("/rooms/{}/status", shop.performance);
    let ours = get(shop.address, &path);
    let nginx = nginx(directory, pinned)?;
    let theirs = nginx.as_ref().map(|(address, _)| get(*address, "/"));
    let (mut own, mut base): (Option<Sample>, Option<Sample>) = (None, None);
    for round in 1..=2 {
        eprintln!("polls: round {round} of 2");
        if let Some(theirs) = &theirs {
            add(&mut base, wire::flood(theirs, CONNECTIONS as usize, time)?);
        }
        add(&mut own, wire::flood(&ours, CONNECTIONS as usize, time)?);
    }
    let own = own.context("nothing was measured")?;
    let per_second = base.as_ref().map(Sample::per_second);
    if let Some(base) = &base {
        group.lines.push(Line::of("nginx, return 200", Some(CONNECTIONS), base));
    } else {
        group.notes.push("nginx is not installed here".to_owned());
    }
    group.lines.push(Line::of("Frontrow", Some(CONNECTIONS), &own).against(per_second));
    let note = if pinned {
        "servers on two processors, clients on two others"
    } else {
        "fewer than four processors: servers and clients share them"
    };
    group.notes.push(note.to_owned());
    if pinned {
        pin_self("0-1023");
    }
    Ok(group)
}

fn add(sum: &mut Option<Sample>, sample: Sample) {
    match sum {
        Some(sum) => sum.add(&sample),
        None => *sum = Some(sample),
    }
}

fn get(address: std::net::SocketAddr, path: &str) -> Protocol {
    let request = format!("GET {path} HTTP/1.1\r\nhost: bench\r\n\r\n").into_bytes();
    Protocol { address, request: Box::new(move |_, to| to.extend(&request)), whole: wire::http }
}

/// This process, all threads of it.
fn pin_self(processors: &str) -> bool {
    let pid = std::process::id().to_string();
    let done = Command::new("taskset")
        .args(["-acp", processors, &pid])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    done.is_ok_and(|status| status.success())
}

/// nginx with a body as long as a status, if it is installed.
fn nginx(directory: &Path, pinned: bool) -> Result<Option<(std::net::SocketAddr, Nginx)>> {
    let address = free_address()?;
    let folder = directory.join("nginx");
    std::fs::create_dir_all(folder.join("logs"))?;
    let configuration = format!(
        "worker_processes 2; daemon off; pid nginx.pid; error_log logs/error.log;\n\
         events {{ worker_connections 1024; }}\n\
         http {{ access_log off; keepalive_requests 1000000000; client_body_temp_path t1; proxy_temp_path t2;\n\
         fastcgi_temp_path t3; uwsgi_temp_path t4; scgi_temp_path t5;\n\
         server {{ listen {address}; location / {{ return 200 \"{}\"; }} }} }}\n",
        "0".repeat(100)
    );
    std::fs::write(folder.join("nginx.conf"), configuration)?;
    let mut command = if pinned {
        let mut command = Command::new("taskset");
        command.args(["-c", SERVER, "nginx"]);
        command
    } else {
        Command::new("nginx")
    };
    let child = command
        .arg("-p")
        .arg(&folder)
        .args(["-c", "nginx.conf"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut child) = child else { return Ok(None) };
    std::thread::sleep(Duration::from_millis(300));
    if child.try_wait()?.is_some() {
        return Ok(None);
    }
    wait_for(address)?;
    Ok(Some((address, Nginx(child))))
}
