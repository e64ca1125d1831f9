#include "tools/sandbox/graph_handlers.h"
#include "tools/sandbox/places.h"

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

Reply list_sites(GraphCall& call) {
  const auto lock = call.store().lock();
  Json value = Json::array();
  for (const auto& [id, drive] : call.store().drives()) {
    if (!may_reach(call.caller, drive)) continue;
    value.push_back(
        {{"id", drive.site},
         {"name", drive.name},
         {"webUrl", "https://" + tenant_authority(call.exchange, drive) + drive.web_path}});
  }
  return json_reply(call.exchange, 200,
                    {{"@odata.context", call.context("sites")}, {"value", value}});
}

Reply get_group(GraphCall& call) {
  const auto lock = call.store().lock();
  find_drive(call);
  return json_reply(call.exchange, 200,
                    {{"@odata.context", call.context("groups/$entity")},
                     {"id", group_id()},
                     {"displayName", "Contoso"},
                     {"groupTypes", Json::array({"Unified"})}});
}

Reply list_channels(GraphCall& call) {
  const auto lock = call.store().lock();
  find_drive(call);
  return json_reply(
      call.exchange, 200,
      {{"@odata.context", call.context("channels")},
       {"value", Json::array({{{"id", "19:general@thread.tacv2"}, {"displayName", "General"}}})}});
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
