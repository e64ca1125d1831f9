// /v1/keys/rewrap: moves records to the active version of their unit's key, for a moment at a time.
// Whoever asks goes on where the answer says, so that a rewrap of any length can be watched, slowed
// down, broken off and taken up again.
#include <chrono>

#include "gateway/admin/key_requests.h"

namespace kerros::admin {
namespace {

// Other requests to this socket wait as long, and health is asked by the same thread.
constexpr std::chrono::milliseconds kLongest{400};
constexpr std::uint64_t kMost = 1'000'000;

Status move_for_a_while(keystore::KeyStore& store, keystore::RewrapParams& params,
                        keystore::Rewrapped& total) {
  const auto end = std::chrono::steady_clock::now() + kLongest;
  const std::size_t most = params.most;
  while (!total.complete && total.moved < most && std::chrono::steady_clock::now() < end) {
    params.most = most - total.moved;
    const auto step = store.rewrap(params);
    if (!step) return tl::unexpected(step.error());
    total.moved += step->moved;
    total.complete = step->complete;
    params.after = total.last = step->last;
  }
  return {};
}

}  // namespace

Result<Json> rewrap_keys(const Context& context) {
  const auto units = units_asked(context);
  if (!units) return tl::unexpected(units.error());
  keystore::RewrapParams params;
  const bool all = !option(context.request, "all").empty();
  if (!all) params.unit = units->front();
  const auto limit = number_option(context.request, "limit", kMost, kMost);
  if (!limit) return tl::unexpected(limit.error());
  params.most = *limit;
  const auto after = option(context.request, "after");
  if (!after.empty() && !from_hex(after, params.after))
    return complain(ErrorCode::kMalformed, "after is \"" + after + "\"",
                    "it must be a record id: 32 hexadecimal digits",
                    "send the `next` of the last answer, or none to begin anew");

  keystore::Rewrapped total;
  const Status moved = change_recorded(
      context, audit::Event::kKeyRewrapped,
      all ? "all units" : "unit " + option(context.request, "unit"), [&](audit::Record& record) {
        Status status = move_for_a_while(*context.installation.store, params, total);
        record.details.emplace_back("records", std::to_string(total.moved));
        return status;
      });
  if (!moved)
    return complain(moved.error().code, "the records could not be moved", moved.error().detail,
                    "those that were moved stay so; the command can be given again");
  return Json{{"moved", total.moved}, {"next", total.complete ? Json() : Json(to_hex(total.last))}};
}

}  // namespace kerros::admin
