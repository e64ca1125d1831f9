#include "tools/sandbox/rest_calls.h"

#include "tools/sandbox/refusal.h"
#include "tools/sandbox/rest_json.h"

namespace kerros::sandbox {
namespace {

constexpr std::int64_t kDigestLife = 1800;

std::string upper(std::string text) {
  for (char& c : text)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return text;
}

// "/a/b", or relative to the site: "Shared Documents/a".
std::string absolute(OfficeCall& call, const std::string& path) {
  if (path.starts_with('/')) return path;
  const std::string site = call.path.substr(0, lower_ascii(call.path).find("/_api/"));
  return percent_decode(site).value_or("") + "/" + path;
}

// Of these two families "...Url" decodes its argument once more, and "...Path" does not.
std::string named_path(OfficeCall& call, const RestStep& step) {
  const bool decoded = step.name.ends_with("path");
  const auto given = step.argument(decoded ? "decodedurl" : "serverrelativeurl");
  if (!given) throw bad_request("The call has no path");
  return absolute(call, decoded ? *given : percent_decode(*given).value_or(*given));
}

ServerPlace place_of(OfficeCall& call, Item* item) {
  if (item == nullptr) throw item_not_found();
  return reach(call, find_server_path(call.store(), call.store().drive(item->drive)->host,
                                      server_path(call.store(), *item)));
}

// The library of the site that the call begins with.
ServerPlace library_here(OfficeCall& call) {
  const auto lock = call.store().lock();
  const std::string site = call.path.substr(0, lower_ascii(call.path).find("/_api/"));
  for (const auto& [id, drive] : call.store().drives()) {
    if (drive.host != call.host() || lower_ascii(drive.web_path) != lower_ascii(site)) continue;
    return reach(call, find_server_path(call.store(), call.host(), library_path(drive)));
  }
  throw item_not_found();
}

Reply on_list(OfficeCall& call, RestSteps rest) {
  const ServerPlace root = library_here(call);
  if (!rest.empty() && rest.front().name == "rootfolder") {
    return on_folder(call, root, rest.subspan(1));
  }
  return rest_reply(call, 200, {{"Title", root.drive->name}, {"BaseTemplate", 101}});
}

Reply on_web(OfficeCall& call, RestSteps rest) {
  if (rest.empty()) {
    return rest_reply(call, 200, {{"Title", "Contoso"}, {"Url", "https://" + call.host()}});
  }
  const RestStep& first = rest.front();
  const bool is_list = rest.size() > 1 && first.name == "lists" && rest[1].name == "getbytitle";
  if (is_list) return on_list(call, rest.subspan(2));
  auto lock = call.store().lock();
  ServerPlace place;
  if (first.name.ends_with("byid")) {
    place =
        place_of(call, call.store().item_by_guid(upper(first.argument("uniqueid").value_or(""))));
  } else {
    place = reach(call, find_server_path(call.store(), call.host(), named_path(call, first)));
  }
  lock.unlock();  // the handlers take it when the body is there
  if (first.name.starts_with("getfileby")) return on_file(call, place, rest.subspan(1));
  if (first.name.starts_with("getfolderby")) return on_folder(call, place, rest.subspan(1));
  throw item_not_found();
}

Reply dispatch(OfficeCall& call, RestSteps steps) {
  if (steps.size() == 1 && steps[0].name == "contextinfo") return context_info(call);
  check_digest(call);
  if (!steps.empty() && steps[0].name == "web") return on_web(call, steps.subspan(1));
  throw item_not_found();
}

}  // namespace

bool is_true(const std::optional<std::string>& argument) {
  return argument && lower_ascii(*argument) == "true";
}

void check_digest(const OfficeCall& call) {
  const std::string& method = call.exchange.head.method;
  if (method == "GET" || method == "HEAD" || method == "OPTIONS") return;
  const auto digest = call.exchange.head.find("X-RequestDigest");
  if (!digest && !call.caller.by_password) return;
  const CheckedToken token = call.exchange.cloud.tokens.check_tempauth(digest.value_or(""));
  if (token.state != TokenState::kGood || token.claims.value("use", "") != "digest" ||
      token.claims.value("u", "") != call.caller.oid) {
    throw Refusal(403, "accessDenied", "The security validation for this page is invalid.");
  }
}

Reply context_info(OfficeCall& call) {
  if (call.exchange.head.method != "POST") {
    throw Refusal(405, "notSupported", "The method is not allowed here");
  }
  const std::string digest =
      call.exchange.cloud.tokens.tempauth({{"use", "digest"}, {"u", call.caller.oid}}, kDigestLife);
  const std::string site = "https://" + call.host() + call.path.substr(0, call.path.find("/_api/"));
  const Json info = {{"FormDigestTimeoutSeconds", kDigestLife},
                     {"FormDigestValue", digest},
                     {"LibraryVersion", "16.0.0.0"},
                     {"SiteFullUrl", site},
                     {"WebFullUrl", site}};
  const bool verbose = call.header("Accept").find("odata=verbose") != std::string::npos;
  return rest_reply(call, 200, verbose ? Json{{"GetContextWebInformation", info}} : info);
}

Reply serve_rest(OfficeCall& call, std::string_view after_api) {
  try {
    return dispatch(call, parse_rest(after_api, call.query));
  } catch (const Refusal& refusal) {
    return rest_error(call.exchange, refusal);
  }
}

}  // namespace kerros::sandbox
