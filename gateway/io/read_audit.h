// Reads on the record: an intent before the first plaintext byte, one outcome per window.
//
// Thread safety: one worker's thread. Lifetime: a Ticket must not outlive its ReadAudit.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "gateway/audit/log.h"
#include "gateway/audit/read_window.h"
#include "gateway/io/asio.h"

namespace kerros::io {

struct Exchange;

class ReadAudit {
 public:
  class Ticket {
   public:
    Ticket(ReadAudit& owner, audit::WindowId window) : owner_(&owner), window_(window) {}
    Ticket(Ticket&& other) noexcept
        : owner_(std::exchange(other.owner_, nullptr)), window_(other.window_) {}
    Ticket& operator=(Ticket&&) = delete;
    ~Ticket() {
      if (owner_) owner_->windows_.end(window_);
    }
    void released(std::uint64_t offset, std::uint64_t length) {
      owner_->windows_.released(window_, offset, length);
    }

   private:
    ReadAudit* owner_;
    audit::WindowId window_;
  };

  // Returns once the intent of this caller's read of this key is durable.
  net::awaitable<Ticket> begin(Exchange& x, const crypto::Id& key, const std::string& target);

  // Records the outcome of every window that is over; all of them with `everything`.
  void close_due(audit::Log& log, std::uint64_t now, bool everything = false);

 private:
  audit::ReadWindows windows_;
  // Who waits until another reader's intent is durable; cancelled to wake them.
  std::map<audit::WindowId, std::shared_ptr<net::steady_timer>> waiting_;
};

}  // namespace kerros::io
