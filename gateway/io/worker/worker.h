// One io thread: its executor, its upstream connections, and what all threads share.
//
// Thread safety: a Worker is used on its own thread; Shared may be used from any.
// Lifetime: Shared outlives every worker, a worker outlives its connections.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "gateway/installation.h"
#include "gateway/io/asio.h"
#include "gateway/io/upstream/upstream.h"
#include "gateway/io/wire/tunnel.h"
#include "gateway/io/worker/place_cache.h"
#include "gateway/io/worker/read_audit.h"
#include "gateway/io/worker/session_table.h"
#include "gateway/io/worker/snapshot.h"
#include "gateway/io/worker/spool_room.h"
#include "gateway/tls/buffer_pool.h"
#include "gateway/transfer/own_url.h"

namespace kerros::io {

struct Counters {
  std::atomic<std::uint64_t> connections{0};
  std::atomic<std::uint64_t> transfers{0};  // bodies being sealed or opened right now
  std::atomic<std::uint64_t> requests{0};
  std::atomic<std::uint64_t> tunnels{0};        // open right now
  std::atomic<std::uint64_t> intercepted{0};    // connections opened, since the start
  std::atomic<std::uint64_t> proxy_refused{0};  // at the doors that hosts do not know of
};

// One more for as long as it lives.
class Counted {
 public:
  explicit Counted(std::atomic<std::uint64_t>& counter) : counter_(counter) { ++counter_; }
  ~Counted() { --counter_; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;

 private:
  std::atomic<std::uint64_t>& counter_;
};

struct Shared {
  Shared(Installation& the_installation, Snapshots& the_snapshots,
         std::unique_ptr<transfer::OwnUrls> own_urls, tls::BufferPool& the_buffers,
         crypto::SecretBytes key_of_hashes, net::any_io_executor for_names)
      : installation(the_installation),
        snapshots(the_snapshots),
        urls(std::move(own_urls)),
        buffers(the_buffers),
        hash_key(std::move(key_of_hashes)),
        names(std::move(for_names)) {}

  Installation& installation;
  Snapshots& snapshots;
  std::unique_ptr<transfer::OwnUrls> urls;
  tls::BufferPool& buffers;
  crypto::SecretBytes hash_key;  // for opaque callers and token hashes
  net::any_io_executor names;    // where those of tunnels are resolved: they may be slow on purpose
  SessionTable sessions;
  SpoolRoom spool_room;
  Counters counters;
  std::atomic<bool> draining{false};
};

struct Worker {
  Worker(Shared& the_shared, net::any_io_executor the_executor)
      : shared(the_shared),
        executor(the_executor),
        upstream(the_executor, the_shared.buffers),
        reads(the_executor, *the_shared.installation.log) {}

  Shared& shared;
  net::any_io_executor executor;
  Upstream upstream;
  PipePool pipes;
  PlaceCache places;
  ReadAudit reads;
};

}  // namespace kerros::io
