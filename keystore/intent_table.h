// The unspent intents of this store, in memory: what could have brought a file to an item is told
// without opening a row, however many intents wait.
//
// The rows on disk are what it is made from at start. The committer changes it in two steps, as it
// does the head: what a group enters and takes away counts against the bounds at once, and is seen
// by readers when the group is durable.
//
// Thread safety: every member from any thread; changes come from the committer's alone.
// Lifetime: owns its intents.
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <span>
#include <tuple>

#include "crypto/result.h"
#include "keystore/records.h"

namespace kerros::keystore {

class IntentTable {
 public:
  // Those that are for this item, or for none yet, of the file with these stored bytes.
  std::vector<Intent> matching(const crypto::QuickXorDigest& stored, std::string_view drive_id,
                               std::string_view item_id, UnixMillis now) const;
  // kFull where these would be more than a bound allows (key_store.h). Expired ones do not count.
  Status fit(std::span<const Intent> more, UnixMillis now) const;
  std::vector<Intent> expired(UnixMillis now, std::size_t most) const;
  std::size_t size() const { return size_.load(std::memory_order_relaxed); }

  // --- a group of the committer ---
  void begin();  // what was not published is forgotten
  void enter(Intent intent, const crypto::QuickXorDigest& stored);
  void pin(const Id& id, std::string item_id);
  void leave(const Id& id);
  void publish();

 private:
  struct Entry {
    Intent intent;
    crypto::QuickXorDigest stored{};
  };
  enum class Kind : std::uint8_t { kEnter, kPin, kLeave };
  struct Change {
    Kind kind;
    Entry entry;  // with kPin and kLeave only what names the intent, and the item
  };
  using Place = std::tuple<crypto::QuickXorDigest, std::string, std::string, Id>;
  static Place place_of(const Entry& entry);
  void collect(const crypto::QuickXorDigest& stored, std::string_view drive_id,
               std::string_view item_id, UnixMillis now, std::vector<Intent>& found) const;
  void change(Change change);
  void insert(Entry entry);
  Entry remove(const Id& id);  // an entry without id when there is none

  mutable std::mutex mutex_;
  std::map<Id, Entry> entries_;
  std::set<Place> places_;  // stored bytes, drive, item, intent
  std::vector<Change> group_;
  std::atomic<std::size_t> size_{0};
};

}  // namespace kerros::keystore
