// Reading content that was sealed here: by its record, or by the prefix of what upstream serves.
//
// Upstream's yes to this caller comes before anything: before a size is told, before a read is put
// on record, before a key is unlocked.
//
// Thread safety: one coroutine. Errors: Refused, Relayed.
#pragma once

#include <optional>
#include <string>

#include "gateway/io/content_source.h"
#include "gateway/io/exchange.h"

namespace kerros::io {

// What a content request is about, however it was addressed.
struct Wanted {
  std::string drive_id;
  std::string item_id;
  std::string target;              // Graph's /content, or empty:
  std::optional<UpstreamUrl> url;  // the pre-authenticated URL behind one of ours
  std::string audit_target() const { return "drive " + drive_id + " item " + item_id; }
};
ContentAsk ask_for(const Wanted& wanted, std::optional<graph::ByteRange> range);
graph::Fields content_fields(const Exchange& x, const graph::ResponseHead& head);

// The newest record that speaks for the item's content, if it was ever sealed here.
std::optional<keystore::ItemRecord> newest_record(Exchange& x, const Wanted& wanted);

// Answers from upstream's stream, ranges and conditions included.
net::awaitable<void> read_known(Exchange& x, const Wanted& wanted,
                                const keystore::ItemRecord& record);

// `response` served `begun`, which begins like a sealed file, for an item without a record that
// says so: a version whose final answer was lost is opened and bound, everything else is refused.
net::awaitable<void> read_unbound(Exchange& x, const Wanted& wanted, Upstream::Response& response,
                                  ByteView begun);

}  // namespace kerros::io
