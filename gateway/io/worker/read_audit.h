// Reads on the record: an intent before the first plaintext byte, one outcome per window.
//
// Thread safety: one worker's thread. Lifetime: a Ticket must not outlive its ReadAudit, and that
// not its log.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "gateway/audit/log.h"
#include "gateway/audit/read_window.h"
#include "gateway/io/asio.h"

namespace kerros::io {

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

  ReadAudit(net::any_io_executor executor, audit::Log& log)
      : executor_(std::move(executor)), log_(log) {}

  // Returns once an intent of this caller's read of this key is durable: `intent`, or one that is
  // in force already. Refused(kLogUnavailable, kBusy).
  net::awaitable<Ticket> begin(audit::ReadKey read, audit::Record intent);

  // Records the outcome of every window that is over; all of them with `everything`.
  void close_due(std::uint64_t now, bool everything = false);

 private:
  net::any_io_executor executor_;
  audit::Log& log_;
  audit::ReadWindows windows_;
  // Who waits until another reader's intent is durable; cancelled to wake them.
  std::map<audit::WindowId, std::shared_ptr<net::steady_timer>> waiting_;
};

}  // namespace kerros::io
