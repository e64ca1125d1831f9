// The noun audit: reading the log is itself an event of the log.
#include <algorithm>

#include "gateway/admin/noun.h"

namespace kerros::admin {

Result<Json> read_log(const Context& context) {
  const auto& request = context.request;
  const auto limit = number_option(request, "limit", kMaxPage, kMaxPage);
  if (!limit) return tl::unexpected(limit.error());
  auto& log = *context.installation.log;
  // Taken before the reading is recorded: the reader is shown what was there when he asked.
  const auto size = log.size();
  const auto last = number_option(request, "last", size, UINT64_MAX);
  if (!last) return tl::unexpected(last.error());
  const auto from = number_option(request, "from", size - std::min(*last, size) + 1, UINT64_MAX);
  if (!from) return tl::unexpected(from.error());
  if (auto ok = record_reading(context, audit::Event::kLogRead, to_target(request)); !ok)
    return tl::unexpected(ok.error());

  auto records = Json::array();
  if (*from >= 1 && *from <= size) {
    const auto page = log.read(*from, std::min<std::uint64_t>(*limit, size - *from + 1));
    if (!page) return tl::unexpected(page.error());
    for (const auto& record : *page) records.push_back(Json::parse(audit::to_json(record)));
  }
  return Json{{"records", std::move(records)}, {"from", *from}, {"size", size}};
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
