// Which upload sessions are in a fragment right now, and which are known to agree with upstream.
//
// One fragment of a session is in flight at a time, on whatever thread; a session that this process
// has not carried cleanly to its point asks upstream where it stands first.
//
// Thread safety: any thread. Lifetime: a Hold must not outlive the table.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <set>

#include "crypto/header.h"

namespace kerros::io {

class SessionTable {
 public:
  class Hold {
   public:
    Hold(SessionTable& table, const crypto::Id& session) : table_(&table), session_(session) {}
    Hold(Hold&& other) noexcept
        : table_(std::exchange(other.table_, nullptr)), session_(other.session_) {}
    Hold& operator=(Hold&&) = delete;
    ~Hold() {
      if (table_) table_->let_go(session_);
    }

   private:
    SessionTable* table_;
    crypto::Id session_;
  };

  // nullopt while another fragment of the session is in flight.
  std::optional<Hold> hold(const crypto::Id& session) {
    const std::lock_guard lock(mutex_);
    if (!held_.insert(session).second) return std::nullopt;
    return Hold(*this, session);
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
  void let_go(const crypto::Id& session) {
    const std::lock_guard lock(mutex_);
    held_.erase(session);
  }
  std::mutex mutex_;
  std::set<crypto::Id> held_;
  std::map<crypto::Id, std::uint64_t> agreed_;
};

}  // namespace kerros::io
