// The noun audit: reading the log is itself an event of the log.
#include <algorithm>

#include "gateway/admin/noun.h"

namespace kerros::admin {

Result<Json> read_log(const Context& context) {
  const auto& request = context.request;
  const auto limit = number_option(request, "limit", kMaxPage, kMaxPage);
  if (!limit) return tl::unexpected(limit.error());
  auto& log = *context.installation.log;
  const auto last = number_option(request, "last", UINT64_MAX, UINT64_MAX);
  if (!last) return tl::unexpected(last.error());
  const auto asked = number_option(request, "from", 0, UINT64_MAX);
  if (!asked) return tl::unexpected(asked.error());
  const auto reading = record_reading(context, audit::Event::kLogRead, to_target(request));
  if (!reading) return tl::unexpected(reading.error());
  // The reader is shown all that went before his reading, what was not durable yet included.
  const auto size = *reading - 1;
  const auto from = *asked > 0 ? *asked : size - std::min(*last, size) + 1;

  auto records = Json::array();
  if (from >= 1 && from <= size) {
    const auto page = log.read(from, std::min<std::uint64_t>(*limit, size - from + 1));
    if (!page) return tl::unexpected(page.error());
    for (const auto& record : *page) records.push_back(Json::parse(audit::to_json(record)));
  }
  return Json{{"records", std::move(records)}, {"from", from}, {"size", size}};
}

Result<Json> verify_log(const Context& context) {
  auto& installation = context.installation;
  auto keys = audit_keys(*installation.store);
  if (!keys) return tl::unexpected(keys.error());
  if (auto ok = installation.log->checkpoint(); !ok) return tl::unexpected(ok.error());
  const auto result = audit::verify(context.config.audit.directory, installation.origin, &*keys);
  if (!result) return tl::unexpected(result.error());
  return Json{{"records", result->records},
              {"unsigned_records", result->unsigned_records},
              {"checkpoints", result->checkpoints},
              {"last_checkpoint", result->last_checkpoint_time},
              {"verifier", result->verifier}};
}

}  // namespace kerros::admin
