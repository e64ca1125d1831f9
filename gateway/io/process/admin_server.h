// The two doors of an administrator: /healthz and /readyz on a loopback address, and the admin
// socket, where the peer's credentials say who asks.
//
// Runs on its own thread, so that a long listing never waits for, or holds up, the data path.
// Thread safety: start and stop from one thread. Lifetime: what it refers to outlives it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "gateway/admin/operations.h"
#include "gateway/io/asio.h"
#include "gateway/io/worker/snapshot.h"

namespace kerros::io {

class AdminServer {
 public:
  struct Hooks {
    std::function<Status()> ready;            // a real seal and open, the store writable ...
    std::function<admin::Running()> running;  // for /v1/status
  };
  // kConflict or kUnavailable when a door cannot be opened.
  static Result<std::unique_ptr<AdminServer>> start(const Config& config, Snapshots& snapshots,
                                                    Installation& installation, Hooks hooks);
  ~AdminServer();  // closes the doors and waits for the thread
  const std::string& address() const { return address_; }

 private:
  AdminServer(Snapshots& snapshots, Installation& installation, Hooks hooks);
  struct Doors;
  Snapshots& snapshots_;
  Installation& installation_;
  Hooks hooks_;
  net::io_context io_;
  std::unique_ptr<Doors> doors_;
  std::string address_;
  std::thread thread_;
};

}  // namespace kerros::io
