// Which upload sessions are in a fragment right now, and which are known to agree with upstream.
//
// One fragment of a session is in flight at a time, on whatever thread; a session that this process
// has not carried cleanly to its point asks upstream where it stands first.
//
// Thread safety: any thread. Lifetime: a Hold may outlive the table; the last one of a gateway that
// ends is let go by the store's thread.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>

#include "crypto/header.h"

namespace kerros::io {

class SessionTable {
  struct Held {
    std::mutex mutex;
    std::set<crypto::Id> sessions;
  };

 public:
  class Hold {
   public:
    Hold(std::shared_ptr<Held> held, const crypto::Id& session)
        : held_(std::move(held)), session_(session) {}
    Hold(Hold&& other) noexcept = default;
    Hold& operator=(Hold&&) = delete;
    ~Hold() {
      if (!held_) return;
      const std::lock_guard lock(held_->mutex);
      held_->sessions.erase(session_);
    }

   private:
    std::shared_ptr<Held> held_;
    crypto::Id session_;
  };

  // nullopt while another fragment of the session is in flight.
  std::optional<Hold> hold(const crypto::Id& session) {
    const std::lock_guard lock(held_->mutex);
    if (!held_->sessions.insert(session).second) return std::nullopt;
    return Hold(held_, session);
  }

  // True when upstream is known to stand at `sealed_confirmed`; the knowledge is used up.
  bool take_agreed(const crypto::Id& session, std::uint64_t sealed_confirmed) {
    const std::lock_guard lock(mutex_);
    const auto found = agreed_.find(session);
    if (found == agreed_.end()) return false;
    const bool same = found->second == sealed_confirmed;
    agreed_.erase(found);
    return same;
  }
  void agree(const crypto::Id& session, std::uint64_t sealed_confirmed) {
    const std::lock_guard lock(mutex_);
    agreed_[session] = sealed_confirmed;
  }
  void forget(const crypto::Id& session) {
    const std::lock_guard lock(mutex_);
    agreed_.erase(session);
  }

 private:
  const std::shared_ptr<Held> held_ = std::make_shared<Held>();
  std::mutex mutex_;
  std::map<crypto::Id, std::uint64_t> agreed_;
};

}  // namespace kerros::io
