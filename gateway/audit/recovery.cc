#include "gateway/audit/recovery.h"

#include <unistd.h>

#include <algorithm>

#include "gateway/audit/tiles.h"

namespace kerros::audit {
namespace {

tl::unexpected<Error> wrong(std::string what) {
  return fail(ErrorCode::kNotAuthentic, std::move(what));
}

// Whatever the form of the damage: what is there is not what was signed.
tl::unexpected<Error> damage(const Error& error) {
  if (error.code == ErrorCode::kUnavailable) return tl::unexpected(error);
  return wrong(error.detail);
}

// Lists the segments. A last one whose head was never written whole holds nothing: it goes.
Result<std::vector<SegmentInfo>> list_segments(const std::string& directory) {
  const auto names = segment_names(directory);
  if (!names) return damage(names.error());
  std::vector<SegmentInfo> segments;
  for (const std::string& name : *names) {
    const auto reader = SegmentReader::open(directory, name);
    if (!reader && reader.error().code == ErrorCode::kTruncated && name == names->back()) {
      ::unlink(segment_path(directory, name).c_str());
      continue;
    }
    if (!reader) return damage(reader.error());
    segments.push_back({name, reader->first()});
  }
  return segments;
}

class Scan {
 public:
  Scan(const std::string& directory, const Keys& keys, std::uint64_t signed_size, Recovered& found)
      : directory_(directory),
        keys_(keys),
        signed_size_(signed_size),
        signed_entries_(directory, signed_size),
        found_(found) {}

  Status segment(const std::string& name, bool first, bool last);

 private:
  Status record(const SegmentHead& head, const SegmentReader::Frame& frame);

  const std::string& directory_;
  const Keys& keys_;
  std::uint64_t signed_size_;
  EntryReader signed_entries_;
  Recovered& found_;
};

Status Scan::segment(const std::string& name, bool first, bool last) {
  auto reader = SegmentReader::open(directory_, name);
  if (!reader) return damage(reader.error());
  auto head = reader->unseal(keys_.seal.reveal());
  if (!head) return damage(head.error());
  if (first) {
    found_.records = head->first - 1;
    for (const std::uint64_t position : head->open_intents)
      found_.open_intents.emplace(position, std::nullopt);
  }
  if (head->first != found_.records + 1)
    return wrong("segment " + name + " does not begin where the one before it ends");
  for (;;) {
    const std::uint64_t end = reader->offset();
    const auto frame = reader->next();
    const bool torn = !frame && frame.error().code == ErrorCode::kTruncated && last &&
                      found_.records >= signed_size_;
    if (!frame && !torn) return damage(frame.error());
    if (torn || !*frame) {
      found_.last = std::move(*head);
      found_.last_length = end;
      return {};
    }
    if (auto ok = record(*head, **frame); !ok) return ok;
  }
}

Status Scan::record(const SegmentHead& head, const SegmentReader::Frame& frame) {
  const std::string where = "segment " + head.name + ": record " + std::to_string(frame.position);
  const auto payload = open_frame(keys_.seal.reveal(), head.name, frame.position, frame.sealed);
  if (!payload) return wrong(where + ": " + payload.error().detail);
  auto event = decode(*payload);
  if (!event) return wrong(where + ": " + event.error().detail);
  const Digest entry = leaf_entry(keys_.salt.reveal(), head, frame.position, *payload);
  if (frame.position > signed_size_) {
    found_.unsigned_entries.push_back(entry);
  } else {
    const auto signed_entry = signed_entries_.at(frame.position - 1);
    if (!signed_entry) return damage(signed_entry.error());
    if (*signed_entry != entry) return wrong(where + ": it is not the one that was signed");
  }
  if (event->intent != 0) found_.open_intents.erase(event->intent);
  if (is_intent(*event)) found_.open_intents.emplace(frame.position, std::move(*event));
  found_.records = frame.position;
  return {};
}

}  // namespace

Result<Recovered> recover(const std::string& directory, const Keys& keys,
                          std::uint64_t signed_size) {
  auto segments = list_segments(directory);
  if (!segments) return tl::unexpected(segments.error());
  Recovered found;
  found.segments = std::move(*segments);
  auto from = std::find_if(found.segments.rbegin(), found.segments.rend(),
                           [&](const SegmentInfo& s) { return s.first <= signed_size + 1; });
  if (!found.segments.empty() && from == found.segments.rend())
    return wrong("the segment of record " + std::to_string(signed_size + 1) + " was removed");
  Scan scan(directory, keys, signed_size, found);
  const auto start = found.segments.empty() ? found.segments.end() : from.base() - 1;
  for (auto segment = start; segment != found.segments.end(); ++segment) {
    const bool last = segment + 1 == found.segments.end();
    if (auto ok = scan.segment(segment->name, segment == start, last); !ok)
      return tl::unexpected(ok.error());
  }
  if (found.records < signed_size)
    return wrong("the segments hold " + std::to_string(found.records) + " records, but " +
                 std::to_string(signed_size) + " were signed");
  return found;
}

Result<std::vector<Record>> read_records(const std::string& directory, const Keys& keys,
                                         const std::vector<SegmentInfo>& segments,
                                         std::uint64_t from, std::uint64_t count) {
  std::vector<Record> records;
  for (std::size_t i = 0; i < segments.size() && records.size() < count; ++i) {
    if (i + 1 < segments.size() && segments[i + 1].first <= from) continue;
    auto reader = SegmentReader::open(directory, segments[i].name);
    if (!reader) return damage(reader.error());
    while (records.size() < count) {
      const auto frame = reader->next();
      if (!frame) return damage(frame.error());
      if (!*frame) break;
      if ((*frame)->position < from) continue;
      const auto payload =
          open_frame(keys.seal.reveal(), reader->name(), (*frame)->position, (*frame)->sealed);
      auto record = payload ? decode(*payload) : tl::unexpected(payload.error());
      if (!record)
        return wrong("record " + std::to_string((*frame)->position) + ": " + record.error().detail);
      records.push_back(std::move(*record));
    }
  }
  return records;
}

}  // namespace kerros::audit
