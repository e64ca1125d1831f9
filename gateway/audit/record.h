// One event of the audit log: seven fields that are never empty, and what belongs to them.
//
// The list of events is closed: an event that is not in it cannot be written. Names and users in a
// record are personal data: records lie sealed on disk (frame.h) and leave by retention.
//
// Thread safety: plain values and pure functions.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/result.h"

namespace kerros::audit {

enum class Class : std::uint8_t { kAdmin = 1, kAccess = 2, kChange = 3, kError = 4 };  // On disk.

enum class Event : std::uint16_t {  // On disk: never renumber.
  kStart = 1,                       // ADMIN  gateway or command began
  kStop = 2,                        // ADMIN
  kStoreCreated = 3,                // ADMIN
  kConfigLoaded = 4,                // CHANGE with the difference in the note
  kConfigRefused = 5,               // ERROR
  kUploadIntent = 10,               // CHANGE  before the key record and the first byte
  kUploadDone = 11,                 // CHANGE  outcome: bound, unverified, void, suspect, failed
  kReadIntent = 12,       // ACCESS  before the first plaintext byte; one per caller, key, 5 minutes
  kReadDone = 13,         // ACCESS  ranges and bytes
  kItemChanged = 14,      // CHANGE  rename, move of a sealed item
  kItemDeleted = 15,      // CHANGE
  kItemCopied = 16,       // CHANGE  a sealed item: asked, and what upstream answered
  kVersionRestored = 17,  // CHANGE  an older version of a sealed item is to be the current one
  kVersionDeleted = 18,   // CHANGE
  kItemRestored = 19,     // CHANGE  a sealed item, from the recycle bin
  kRefused = 20,          // ACCESS  by policy, with the refusal's name
  kNotAuthentic = 21,     // ERROR   stored bytes were changed, swapped, rolled back, downgraded
  kStoredDiffers = 22,    // ERROR   upstream stored something else than was sent
  kLegacyPlainRead = 23,  // ACCESS  never sealed here, passed by rule
  kAbandoned = 24,        // ERROR   an intent without outcome, found at start
  kSessionVoided = 25,    // ERROR   a fragment came again with other bytes, or upstream went back
  kFollowed = 26,         // CHANGE  a file asked for turned up: copy, move or restored version
  kVersionVerified = 27,  // CHANGE  stored size and hash were told after all, and are right
  kOlderPublished = 28,   // ACCESS  an older version was read, since the newer one is a draft
  kPlaceDiffers = 29,     // ERROR   a stored file lies in a place of another class than was decided
  kStoreMismatch = 30,    // ERROR   the store is not the one the log last saw
  kStoreAccepted = 31,    // ADMIN   an operator accepted it
  kItemAccepted = 32,     // ADMIN   an operator accepted what was refused for an item
  kKeyRotated = 34,       // ADMIN   a unit's key got a new version
  kKeyRewrapped = 35,     // ADMIN   records were moved to the active version
  kKeyRetired = 36,       // ADMIN   a version went out of use
  kKeyDestroyed = 37,     // ADMIN   a version's key is gone
  kProxyCaChanged = 38,   // ADMIN   the proxy's authority was made or imported
  kProxyUsersChanged = 39,  // ADMIN   a user of the proxy was added or removed
  kLogRead = 40,            // ACCESS  somebody read the log
  kRegisterRead = 41,       // ACCESS  somebody listed items or keys
  kLogAnnotated = 42,       // ADMIN   somebody added a word to a record; the record stays as it is
  kLogExpired = 43,         // ADMIN   records reached the time of retention and went
  kLogHeld = 44,            // ADMIN   records were put aside for a case
  kLogReleased = 45,        // ADMIN   a case was closed, and what it held is gone
  kClockJumped = 46,        // ERROR   the log has a gap of weeks; nothing expires on such a day
};
Class class_of(Event event);
std::string_view name(Event event);                // "upload-intent"
std::string_view name(Class c);                    // "ADMIN"
Result<Class> class_named(std::string_view text);  // kNotFound
Result<Event> event_of(std::string_view name);     // kNotFound
Result<Event> event_of(std::uint16_t number);      // kUnknownVersion

struct Record {
  std::uint64_t time_ms = 0;  // Unix
  Event event = Event::kStart;
  std::string actor;         // upn, app:..., os:USER, "kerros-gateway"
  std::string right;         // by which it was done: "graph-token (claimed)", "os-user"
  std::string source;        // where from: peer address, "admin-socket", "cli"
  std::string target;        // what: drive/item or drive/path, key id, file
  std::string status;        // "intent", "done", "refused: ...", "failed: ..."
  std::uint64_t intent = 0;  // for outcomes: position in the log of their intent; 0 otherwise
  std::vector<std::pair<std::string, std::string>>
      details;  // name, value: bytes, ranges, key, note
  bool operator==(const Record&) const = default;
};

// The answer to an append: where the record stands in the log, 1 being the first.
using Appended = std::function<void(Result<std::uint64_t> position)>;

inline constexpr std::size_t kMaxField = 4096;    // bytes of one field
inline constexpr std::size_t kMaxDetails = 64;    // pairs
inline constexpr std::size_t kMaxRecord = 65536;  // bytes of one encoded record

// True for a record that promises an outcome: the two intents, and whatever has status "intent".
bool is_intent(const Record& record);

// What may be written: time and every field non-empty, valid UTF-8 without control characters,
// within the bounds above; else kMalformed with the field's name.
Status check(const Record& record);

// Makes a field of whatever came from outside, so that a hostile file name can neither stop nor
// forge a record: control characters, invalid UTF-8 and backslashes become \xHH, what is too long
// is cut and marked with three dots, nothing becomes "-".
std::string as_field(std::string_view text);

// Only for records that pass check().
Bytes encode(const Record& record);
// Strict: one record has one encoding. kTruncated, kTrailingData, kUnknownVersion (also an event
// that this build does not know), kMalformed.
Result<Record> decode(ByteView payload);
// One line: {"position":N,"time":...}. Position 0 is left out.
std::string to_json(const Record& record, std::uint64_t position = 0);

}  // namespace kerros::audit
