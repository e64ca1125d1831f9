// What one (re)load of the configuration publishes: immutable, swapped whole.
//
// A request takes the snapshot once and never sees half of a reload.
// Thread safety: immutable; current() and publish() from any thread. Lifetime: shared.
#pragma once

#include <memory>
#include <mutex>

#include "gateway/config.h"
#include "gateway/io/worker/proxy_side.h"
#include "gateway/tls/context.h"

namespace kerros::io {

struct Snapshot {
  Config config;
  std::shared_ptr<tls::Context> upstream_tls;
  std::shared_ptr<tls::Context> door_tls;
  std::shared_ptr<const ProxySide> proxy;  // nullptr while its doors are closed

  static Result<std::shared_ptr<const Snapshot>> make(Config config);
};

class Snapshots {
 public:
  explicit Snapshots(std::shared_ptr<const Snapshot> first) : current_(std::move(first)) {}

  std::shared_ptr<const Snapshot> current() const {
    const std::lock_guard lock(mutex_);
    return current_;
  }
  void publish(std::shared_ptr<const Snapshot> next) {
    const std::lock_guard lock(mutex_);
    current_ = std::move(next);
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const Snapshot> current_;
};

}  // namespace kerros::io
