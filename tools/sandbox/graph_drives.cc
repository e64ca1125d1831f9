#include "tools/sandbox/graph_handlers.h"

namespace kerros::sandbox {

Reply get_user(GraphCall& call) {
  const auto lock = call.store().lock();
  const User& user = find_user(call);
  return json_reply(call.exchange, 200,
                    {{"@odata.context", call.context("users/$entity")},
                     {"displayName", user.name},
                     {"givenName", user.name},
                     {"mail", user.upn},
                     {"userPrincipalName", user.upn},
                     {"id", user.oid}});
}

Reply get_site(GraphCall& call) {
  const auto lock = call.store().lock();
  const Drive& drive = find_drive(call);
  return json_reply(
      call.exchange, 200,
      {{"@odata.context", call.context("sites/$entity")},
       {"id", drive.site},
       {"name", "Contoso"},
       {"displayName", "Contoso"},
       {"webUrl", "https://" + tenant_authority(call.exchange, drive) + drive.web_path},
       {"root", Json::object()},
       {"siteCollection", {{"hostname", drive.host}}}});
}

Reply get_drive(GraphCall& call) {
  const auto lock = call.store().lock();
  Json out = {{"@odata.context", call.context("drives/$entity")}};
  out.update(drive_json(call.exchange, find_drive(call)));
  return json_reply(call.exchange, 200, selected(out, call.target.query.list("select")));
}

Reply list_drives(GraphCall& call) {
  const auto lock = call.store().lock();
  Json value = Json::array();
  if (call.target.subject == Subject::kService) {
    for (const auto& [id, drive] : call.store().drives()) {
      if (may_reach(call.caller, drive)) value.push_back(drive_json(call.exchange, drive));
    }
  } else {
    value.push_back(drive_json(call.exchange, find_drive(call)));
  }
  return json_reply(call.exchange, 200,
                    {{"@odata.context", call.context("drives")}, {"value", value}});
}

}  // namespace kerros::sandbox
