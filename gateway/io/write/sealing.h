// One upload being sealed: its key, its records, and the promise that each intent gets an outcome.
//
// Order of what is durable (docs/path-of-a-byte.md): the intent and the pending record, both before
// the last sealed byte goes upstream; the bound record before the client's answer. The waits
// overlap the transfer.
//
// Thread safety: one coroutine. Lifetime: within the Exchange; an Upload that goes without an
// outcome records its failure by itself.
#pragma once

#include <optional>
#include <string>

#include "crypto/sealer.h"
#include "gateway/io/exchange/exchange.h"
#include "gateway/transfer/seal_window.h"

namespace kerros::io {

// What upstream said of the stored bytes, checked against what was sent.
struct Stored {
  graph::FoundItem item;
  keystore::ItemState state;  // bound, unverified or suspect
};

class Upload {
 public:
  // A fresh key for a new file.
  static std::unique_ptr<Upload> begin(Exchange& x, const policy::Rule& rule, std::string target);
  // An upload session goes on: its key from the store, its intent from the session record.
  static std::unique_ptr<Upload> resume(Exchange& x, const keystore::SealedKey& sealed,
                                        std::string item_class, std::string target,
                                        std::uint64_t intent);
  Upload(const Upload&) = delete;
  Upload& operator=(const Upload&) = delete;
  ~Upload();

  crypto::Sealer& sealer() { return *sealer_; }
  const keystore::SealedKey& sealed() const { return sealed_; }
  std::uint64_t intent() const { return intent_position_; }
  const std::string& target() const { return target_; }

  // Starts both durable writes; `intended` awaits only the first.
  void start_intent();
  void start_pending();
  net::awaitable<void> intended();
  // Both are durable: the last byte may leave.
  net::awaitable<void> durable();

  // Upstream's final answer (asked for when it is empty): binds, records the outcome, and gives
  // what to tell the client. Refused(kStoredDiffers) when upstream stored something else than was
  // sent.
  net::awaitable<std::string> finish(std::string answer_json, std::uint64_t plain_size,
                                     std::uint64_t sealed_size, const transfer::Hashes& hashes);
  // No such bytes exist upstream: it refused them explicitly, or the last one never left.
  net::awaitable<void> give_up(std::string status);
  // The outcome of an upload whose bytes may or may not be upstream.
  void fail(const std::string& status);
  // The session goes on in another request: no outcome yet.
  void leave_open() { settled_ = true; }
  // Somebody else may end what this actor began: the outcome names both.
  void of_session(std::string actor) { session_of_ = std::move(actor); }

 private:
  explicit Upload(Exchange& x) : x_(x) {}
  void record_outcome(const std::string& status, audit::Event event, std::uint64_t plain_size);

  Exchange& x_;
  bool settled_ = false;        // an outcome was recorded, or is another request's business
  bool may_have_left_ = false;  // durable() was passed: the last byte may be upstream
  std::optional<crypto::Sealer> sealer_;
  keystore::SealedKey sealed_;
  std::string item_class_;
  std::string target_;
  std::string session_of_;
  std::uint64_t intent_position_ = 0;
  std::optional<Future<Result<std::uint64_t>>> intent_;
  std::optional<Future<Status>> pending_;
};

Stored check_stored(const std::string& answer_json, std::uint64_t sealed_size,
                    const transfer::Hashes& hashes);

}  // namespace kerros::io
