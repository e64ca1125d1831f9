// The durable, append-only log: sealed daily segments, a Merkle tree over them, signed checkpoints.
//
// Appends are queued to one writer thread and become durable in groups (one write and fdatasync);
// completions run on that thread. Payloads and salts lie in segment files sealed with derived keys;
// leaf = SHA-256(label, salt, payload); tiles follow C2SP tlog-tiles, checkpoints tlog-checkpoint.
// A checkpoint carries the store head it was made beside.
//
// Errors: kUnavailable when the log cannot be written (disk full, damaged, gone): the caller answers
// 503 and nothing is done. Thread safety: any thread. Lifetime: completions still queued at close
// run with kUnavailable.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "crypto/header.h"
#include "crypto/merkle.h"
#include "crypto/secret.h"
#include "gateway/audit/record.h"

namespace kerros::audit {

struct Keys {
  crypto::SecretBytes seal;  // Purpose::kAuditSeal
  crypto::SecretBytes salt;  // Purpose::kAuditSalt
  crypto::SecretBytes sign;  // Purpose::kAuditSign: seed of the checkpoint's Ed25519 key
};

struct StoreMark {  // keystore::StoreHead, without seeing that room
  std::uint64_t sequence = 0;
  std::array<std::uint8_t, 32> set_hash{};
  bool operator==(const StoreMark&) const = default;
};

struct LogParams {
  std::string directory;
  std::string origin;  // checkpoint origin line, "kerros.NAME/log"
  std::function<StoreMark()> store_mark;  // asked when a checkpoint is written
  std::function<std::uint64_t()> now_ms;
};

using Appended = std::function<void(Result<std::uint64_t> position)>;

class Log {
 public:
  // Opens or begins the log; verifies the last segment and the tree's border against the last
  // checkpoint; writes kAbandoned for every intent without outcome. kNotAuthentic when what is on
  // disk is not what was signed. Takes the lock of the directory (kConflict).
  static Result<std::unique_ptr<Log>> open(LogParams params, Keys keys);
  ~Log();

  void append(Record record, Appended done);
  Result<std::uint64_t> append_and_wait(Record record);

  // The store head that the newest checkpoint carries; nothing before the first one.
  std::optional<StoreMark> last_store_mark() const;
  // Writes a checkpoint now (also done every second while there is something new, and at close).
  Status checkpoint();

  std::uint64_t size() const;  // records
  Status health() const;       // kUnavailable with the reason once a write failed and until one succeeds

  // Reading, newest last. `from` is a position (1 is the first record).
  Result<std::vector<Record>> read(std::uint64_t from, std::size_t limit) const;

 private:
  Log();
  struct State;
  std::unique_ptr<State> state_;
};

// Walks segments, tree, tiles and checkpoints of a log that nobody has open, or that is open
// elsewhere (reads what is durable). With keys also every payload. Names the first thing that is
// wrong.
struct Verification {
  std::uint64_t records = 0;
  std::uint64_t checkpoints = 0;
  std::string last_checkpoint_time;
};
Result<Verification> verify(const std::string& directory, const std::string& origin,
                            const Keys* keys);

}  // namespace kerros::audit
