// What a log holds beyond its newest checkpoint, found when it is opened.
//
// Only the segment in which the first unsigned record belongs and those after it are read (as a
// rule today's): a segment's head carries the intents that were open when it began.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "gateway/audit/keys.h"
#include "gateway/audit/writer.h"

namespace kerros::audit {

struct Recovered {
  std::vector<SegmentInfo> segments;
  std::optional<SegmentHead> last;  // the segment to go on with
  std::uint64_t last_length = 0;    // of it: what follows was never durable
  std::uint64_t records = 0;
  std::vector<Digest> unsigned_entries;
  std::map<std::uint64_t, std::optional<Record>> open_intents;  // without the record when carried
};

// kNotAuthentic: the segments hold less than `signed_size` records, or other ones. A last frame
// that is incomplete is left out when it is not signed.
Result<Recovered> recover(const std::string& directory, const Keys& keys,
                          std::uint64_t signed_size);

// `count` records from position `from` on; fewer when the segments end.
Result<std::vector<Record>> read_records(const std::string& directory, const Keys& keys,
                                         const std::vector<SegmentInfo>& segments,
                                         std::uint64_t from, std::uint64_t count);

}  // namespace kerros::audit
