#include "gateway/io/tenant/tenant.h"

namespace kerros::io {

namespace {

using sharepoint::PlaceQuestion;
using sharepoint::Treatment;

[[noreturn]] void refuse(const Exchange& x, graph::Refusal refusal, const std::string& detail) {
  throw Refused{refusal, "", "channel " + std::string(x.tenant->channel) + ": " + detail};
}

void judge(const Exchange& x, const Standing& standing) {
  if (standing.kind == Standing::Kind::kProtected)
    refuse(x, graph::Refusal::kNotAllowed, audit_target(x, standing.place));
  if (standing.kind == Standing::Kind::kUnknown && !x.config().policy.rules.empty())
    refuse(x, graph::Refusal::kUnknownRoute, "its place cannot be told");
}

bool leads_elsewhere(const Exchange& x) {
  return x.tenant->verb == "COPY" || x.tenant->verb == "MOVE";
}

net::awaitable<void> judge_destination(Exchange& x) {
  PlaceQuestion question;
  question.raw = sharepoint::destination_path(x.front.public_host, x.head.fields);
  if (!question.raw.empty()) question.kind = PlaceQuestion::Kind::kPath;
  judge(x, co_await standing_of(x, question));
}

// Refused where it is protected, passed where it is not.
net::awaitable<void> pass_by_place(Exchange& x) {
  judge(x, co_await standing_of(x, sharepoint::place_question(*x.tenant)));
  if (leads_elsewhere(x)) co_await judge_destination(x);
  co_await pass_tenant(x, Watch::kNo);
}

bool is_own_path(std::string_view target) {
  return target.starts_with(graph::kOwnUploadPath) || target.starts_with(graph::kOwnDownloadPath) ||
         target.starts_with(graph::kOwnMonitorPath);
}

}  // namespace

void identify_tenant(Exchange& x) {
  if (is_own_path(x.head.target)) {
    auto own = graph::classify(x.head);
    if (!own) throw Refused{graph::Refusal::kAmbiguousTarget, "", own.error().detail};
    x.route = *std::move(own);
    return;
  }
  auto classified = sharepoint::classify_tenant(x.front.kind, x.head);
  if (!classified) throw Refused{graph::Refusal::kAmbiguousTarget, "", classified.error().detail};
  if (classified->drive && classified->treatment == Treatment::kDriveApi) {
    x.route = *std::move(classified->drive);
    return;
  }
  x.tenant = *std::move(classified);
  if (x.tenant->treatment == Treatment::kPass) x.route.operation = graph::Operation::kMetadata;
  x.route.method = graph::method_of(x.tenant->verb);
  x.route.pattern = x.tenant->pattern;
  x.route.for_protected = x.tenant->sentence;
  x.route.target.authority = x.tenant->target.authority;
  x.route.target.raw_path = x.tenant->target.raw_path;
  x.route.target.raw_query = x.tenant->target.raw_query;
}

net::awaitable<void> serve_tenant(Exchange& x) {
  switch (x.tenant->treatment) {
    case Treatment::kPass:
      return pass_tenant(x, Watch::kNo);
    case Treatment::kOpen:
      return read_tenant(x);
    case Treatment::kRefuse:
      if (!x.tenant->pattern.empty() && !x.tenant->drive) return pass_by_place(x);
      break;
    case Treatment::kDriveApi:
      break;
  }
  refuse(x, graph::Refusal::kUnknownRoute, "no row of the tables matches");
}

}  // namespace kerros::io
