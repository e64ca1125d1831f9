// Which records somebody wants to see, and the way to them through segments and indexes.
//
// Thread safety: a Filter is a plain value; run() may be called by several threads at once.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gateway/audit/frame.h"
#include "gateway/audit/keys.h"
#include "gateway/audit/record.h"
#include "gateway/audit/segment.h"

namespace kerros::audit {

struct Filter {
  std::uint64_t since_ms = 0;           // this one and later
  std::uint64_t until_ms = UINT64_MAX;  // earlier than this
  std::string actor, item, key, unit;   // whole; empty: any
  std::string status;                   // how it begins: "refused", "failed: ..."
  std::string subject;                  // a person: the actor, or named anywhere in the record
  std::optional<Event> event;
  std::optional<Class> event_class;
  bool operator==(const Filter&) const = default;
};

// From "since", "until", "actor", "item", "key", "unit", "status", "subject", "event", "class";
// other names are left alone. `until` may be a day, which is then meant with its end. kMalformed.
using Texts = std::map<std::string, std::string>;
Result<Filter> parse_filter(const Texts& texts);
Texts to_texts(const Filter& filter);  // the way back; what is not asked for is not in it

bool matches(const Filter& filter, const Record& record);

// What a record is about, for filters and indexes.
enum class Kind : std::uint8_t { kActor = 1, kItem = 2, kKey = 3, kUnit = 4 };  // On disk.
struct Term {
  Kind kind;
  std::string text;
  auto operator<=>(const Term&) const = default;
};
std::vector<Term> terms_of(const Record& record);  // each once

// A record with its place, and with what proves it against the tree.
struct Placed {
  std::uint64_t position = 0;
  Record record;
  Digest salt{};
  Bytes payload;  // the record as it was hashed
};
struct Page {
  std::vector<Placed> records;
  std::uint64_t next = 0;  // where to go on; 0 when nothing follows
};

// What a query reads. All segments but the last are closed and may have an index.
struct Shelf {
  const std::string& directory;
  const Keys& keys;
  std::vector<SegmentInfo> segments;
  std::uint64_t size;  // durable records
};

// At most `limit` records from a position on. A page also ends after so much work that others wait
// no longer: it may be empty and yet not the last. Without an index, or with a damaged one, the
// segment itself is read. kNotAuthentic names the record.
Result<Page> run(const Shelf& shelf, const Filter& filter, std::uint64_t from, std::size_t limit);

}  // namespace kerros::audit
