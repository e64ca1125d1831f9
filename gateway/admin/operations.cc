#include "gateway/admin/operations.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "gateway/admin/noun.h"
#include "gateway/audit/time_text.h"

namespace kerros::admin {
namespace {

struct Row {
  std::string_view method;
  std::string_view path;
  Result<Json> (*run)(const Context&);
  std::string_view options;  // each followed by a space
};
constexpr std::array<Row, 18> kTable = {
    {{"GET", "/v1/items", list_items, "drive state after limit "},
     {"GET", "/v1/items/show", show_item, "item drive "},
     {"POST", "/v1/items/accept", accept_item, "drive item reason key dry-run "},
     {"GET", "/v1/keys", list_keys, ""},
     {"GET", "/v1/keys/usage", key_usage, "unit "},
     {"POST", "/v1/keys/rotate", rotate_keys, "unit all older-than dry-run "},
     {"POST", "/v1/keys/rewrap", rewrap_keys, "unit all after limit "},
     {"POST", "/v1/keys/retire", retire_keys, "unit all version dry-run "},
     {"POST", "/v1/keys/destroy", destroy_keys, "unit version confirm dry-run "},
     {"GET", "/v1/status", status, ""},
     {"GET", "/v1/audit", read_log,
      "purpose case held proof from limit last since until actor item key unit event class status "
      "subject "},
     {"GET", "/v1/audit/verify", verify_log, "older "},
     {"GET", "/v1/audit/lint", lint_log, "from "},
     {"POST", "/v1/audit/notes", annotate_record, "record note "},
     {"GET", "/v1/audit/cases", list_cases, ""},
     {"POST", "/v1/audit/hold", hold_case,
      "case reason from intent since until actor item key unit event class status subject "},
     {"POST", "/v1/audit/release", release_case, "case reason "},
     {"POST", "/v1/proxy/changes", record_proxy_change, "change target detail intent outcome "}}};

struct CodeStatus {
  ErrorCode code;
  unsigned status;
};
constexpr std::array<CodeStatus, 9> kStatuses = {{{ErrorCode::kNotFound, 404},
                                                  {ErrorCode::kConflict, 409},
                                                  {ErrorCode::kMalformed, 400},
                                                  {ErrorCode::kUnavailable, 503},
                                                  {ErrorCode::kFull, 507},
                                                  {ErrorCode::kNotAuthentic, 500},
                                                  {ErrorCode::kTruncated, 500},
                                                  {ErrorCode::kTrailingData, 500},
                                                  {ErrorCode::kUnknownVersion, 500}}};

tl::unexpected<Error> unknown_request(std::string_view why) {
  return complain(ErrorCode::kMalformed, "the gateway does not know this request", why,
                  "use the kerros command of the same version as the gateway");
}

Result<Json> dispatch(const Context& context) {
  const auto& request = context.request;
  const auto row = std::find_if(kTable.begin(), kTable.end(),
                                [&](const Row& r) { return r.path == request.path; });
  if (row == kTable.end()) return unknown_request("no such path: " + request.path);
  if (request.method != row->method) return unknown_request("no such method: " + request.method);
  for (const auto& [name, value] : request.query)
    if ((" " + std::string(row->options)).find(" " + name + " ") == std::string::npos)
      return unknown_request("no such option: " + name);
  return row->run(context);
}

}  // namespace

Answer answer(const Request& request, const Peer& peer, const Config& config,
              Installation& installation, const Running* running) {
  const auto json = dispatch({request, peer, config, installation, running});
  if (!json) return error_answer(json.error());
  // Names come from the cloud: what is not UTF-8 in them is replaced, never a reason to fail.
  return {200, json->dump(-1, ' ', false, Json::error_handler_t::replace)};
}

Answer error_answer(const Error& error) {
  const auto complaint = complaint_of(error);
  const auto* row = std::find_if(kStatuses.begin(), kStatuses.end(),
                                 [&](const CodeStatus& s) { return s.code == error.code; });
  const Json json = {{"error",
                      {{"code", kerros::name(error.code)},
                       {"what", complaint.what},
                       {"why", complaint.why},
                       {"hint", complaint.hint}}}};
  return {row->status, json.dump(-1, ' ', false, Json::error_handler_t::replace)};
}

Error error_of(const Answer& answer) {
  const auto json = Json::parse(answer.json, nullptr, false);
  const auto field = [&](const char* name) {
    const auto at = json.is_object() ? json.find("error") : json.end();
    if (!json.is_object() || at == json.end() || !at->is_object()) return std::string();
    const auto value = at->find(name);
    return value != at->end() && value->is_string() ? value->get<std::string>() : std::string();
  };
  const auto code = field("code");
  for (const auto& row : kStatuses)
    if (code == kerros::name(row.code))
      return complain(row.code, field("what"), field("why"), field("hint")).value();
  return complain(ErrorCode::kUnavailable,
                  "the gateway answered with status " + std::to_string(answer.status),
                  "its answer cannot be understood",
                  "use the kerros command of the same version as the gateway")
      .value();
}

std::string option(const Request& request, const std::string& name) {
  const auto at = request.query.find(name);
  return at == request.query.end() ? std::string() : at->second;
}

Result<std::uint64_t> number_option(const Request& request, const std::string& name,
                                    std::uint64_t otherwise, std::uint64_t most) {
  const auto text = option(request, name);
  if (text.empty()) return otherwise;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number > most)
    return complain(ErrorCode::kMalformed, name + " is \"" + text + "\"",
                    "it must be a whole number up to " + std::to_string(most), "");
  return number;
}

audit::Record record_of(const Context& context, audit::Event event, const std::string& target) {
  audit::Record record;
  record.time_ms = now_ms();
  record.event = event;
  record.actor = audit::as_field(context.peer.actor);
  record.right = "os-user";
  record.source = audit::as_field(context.peer.source);
  record.target = audit::as_field(target);
  record.status = "done";
  return record;
}

Result<std::uint64_t> append(const Context& context, audit::Record record) {
  auto written = context.installation.log->append_and_wait(std::move(record));
  if (written) return written;
  return complain(ErrorCode::kUnavailable, "the audit log cannot be written",
                  complaint_of(written.error()).what,
                  "nothing is shown or done that the log could not say; see `kerros status`");
}

Result<std::uint64_t> record_reading(const Context& context, audit::Event event,
                                     const std::string& target) {
  return append(context, record_of(context, event, target));
}

Json time_or_null(std::uint64_t unix_ms) {
  return unix_ms == 0 ? Json() : Json(audit::time_text(unix_ms));
}

}  // namespace kerros::admin
