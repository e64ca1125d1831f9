// Cases: what an investigation needs of the log, put aside until it is released.
#include "gateway/admin/noun.h"
#include "gateway/audit/case_file.h"

namespace kerros::admin {
namespace {

Error explained(const Error& error, const std::string& name) {
  switch (error.code) {
    case ErrorCode::kConflict:
      return complain(error.code, "the case " + name + " exists already", error.detail,
                      "`kerros audit cases` shows it; a wider question is a case of its own")
          .value();
    case ErrorCode::kNotFound:
      return complain(error.code, "there is no case " + name, "nothing is held under that name",
                      "`kerros audit cases` lists them")
          .value();
    case ErrorCode::kMalformed:
      return complain(error.code, "the case \"" + name + "\" cannot be", error.detail, "").value();
    default:
      return error;
  }
}

std::string target_of_case(const std::string& name) { return audit::as_field("case " + name); }

Json to_json(const audit::HeldCase& held) {
  Json json = {{"case", held.name},
               {"opened", time_or_null(held.opened_ms)},
               {"records", held.records},
               {"asks", Json::object()}};
  for (const auto& [name, text] : audit::to_texts(held.filter)) json["asks"][name] = text;
  return json;
}

Result<std::uint64_t> held_in(const Context& context, const std::string& name) {
  const auto cases = context.installation.log->cases();
  if (!cases) return tl::unexpected(cases.error());
  for (const auto& held : *cases)
    if (held.name == name) return held.records;
  return tl::unexpected(explained({ErrorCode::kNotFound, ""}, name));
}

Result<audit::Record> order_of(const Context& context, audit::Event event,
                               const std::string& name) {
  if (auto ok = audit::check_case_name(name); !ok)
    return tl::unexpected(explained(ok.error(), name));
  const auto reason = option(context.request, "reason");
  if (reason.empty())
    return complain(ErrorCode::kMalformed, "a case needs a reason",
                    "what is kept longer than the rest is kept for something", "give --reason");
  auto record = record_of(context, event, target_of_case(name));
  record.details.emplace_back("reason", audit::as_field(reason));
  return record;
}

}  // namespace

// A page of work each: the first writes the intent, the last the outcome.
Result<Json> hold_case(const Context& context) {
  const auto& request = context.request;
  const auto name = option(request, "case");
  auto& log = *context.installation.log;
  const auto filter = filter_of(request);
  if (!filter) return tl::unexpected(filter.error());
  const auto from = number_option(request, "from", 1, UINT64_MAX);
  if (!from) return tl::unexpected(from.error());
  auto intent = number_option(request, "intent", 0, log.size());
  if (!intent) return tl::unexpected(intent.error());
  auto record = order_of(context, audit::Event::kLogHeld, name);
  if (!record) return tl::unexpected(record.error());
  for (const auto& [asked, text] : audit::to_texts(*filter))
    record->details.emplace_back("asked " + asked, audit::as_field(text));
  if (*from <= 1) {
    record->status = "intent";
    intent = append(context, *record);
    if (!intent) return tl::unexpected(intent.error());
  }
  const auto next = log.hold(name, *filter, *from);
  const auto records = held_in(context, name).value_or(0);
  if (!next || *next == 0) {
    record->intent = *intent;
    record->status = next ? "done" : audit::as_field("failed: " + next.error().detail);
    record->details.emplace_back("records", std::to_string(records));
    if (const auto told = append(context, std::move(*record)); !told)
      return tl::unexpected(told.error());
  }
  if (!next) return tl::unexpected(explained(next.error(), name));
  return Json{{"case", name},
              {"records", records},
              {"intent", *intent},
              {"next", *next == 0 ? Json() : Json(*next)}};
}

Result<Json> list_cases(const Context& context) {
  if (auto ok = record_reading(context, audit::Event::kRegisterRead, to_target(context.request));
      !ok)
    return tl::unexpected(ok.error());
  const auto cases = context.installation.log->cases();
  if (!cases) return tl::unexpected(cases.error());
  auto list = Json::array();
  for (const auto& held : *cases) list.push_back(to_json(held));
  return Json{{"cases", std::move(list)}};
}

Result<Json> release_case(const Context& context) {
  const auto name = option(context.request, "case");
  auto record = order_of(context, audit::Event::kLogReleased, name);
  if (!record) return tl::unexpected(record.error());
  const auto records = held_in(context, name);
  if (!records) return tl::unexpected(records.error());
  record->details.emplace_back("records", std::to_string(*records));
  record->status = "intent";
  const auto intent = append(context, *record);
  if (!intent) return tl::unexpected(intent.error());
  const Status done = context.installation.log->release(name);
  record->intent = *intent;
  record->status = done ? "done" : audit::as_field("failed: " + done.error().detail);
  if (const auto told = append(context, std::move(*record)); !told)
    return tl::unexpected(told.error());
  if (!done) return tl::unexpected(explained(done.error(), name));
  return Json{{"case", name}, {"released", *records}};
}

}  // namespace kerros::admin
