#include "tools/sandbox/graph_handlers.h"
#include "tools/sandbox/upload_sessions.h"

namespace kerros::sandbox {
namespace {

// Conflict behaviour may stand in the query, in "item" or (by mistake, tolerated) beside it.
std::string conflict_of(const GraphCall& call, const Json& body, const Json& item) {
  std::string value = call.target.query.conflict_behavior();
  for (const Json* at : {&body, &item}) {
    for (const char* key : {"@microsoft.graph.conflictBehavior", "@name.conflictBehavior"}) {
      if (at->contains(key)) value = lower_ascii(at->at(key).get<std::string>());
    }
  }
  if (value.empty()) return "replace";
  if (value != "replace" && value != "fail" && value != "rename") {
    throw bad_request("Invalid conflictBehavior");
  }
  return value;
}

SessionWish read_wish(GraphCall& call, const Json& body) {
  const Json item = body.value("item", Json::object());
  SessionWish wish;
  wish.placement = find_placement(call);
  wish.placement.conflict = conflict_of(call, body, item);
  wish.user = call.caller.oid;
  wish.deferred = body.value("deferCommit", false);
  const Json times = item.value("fileSystemInfo", body.value("fileSystemInfo", Json::object()));
  wish.given_created = times.value("createdDateTime", "");
  wish.given_modified = times.value("lastModifiedDateTime", "");
  if (item.contains("name") && item["name"] != wish.placement.name) {
    throw bad_request(
        "Name specified in the path doesn't match the name specified in the request body");
  }
  return wish;
}

}  // namespace

Reply create_upload_session(GraphCall& call) {
  const Json body = read_json(call.exchange);
  const auto lock = call.store().lock();
  if (call.exchange.switched("lock")) {
    throw Refusal(423, "resourceLocked", "The resource you are attempting to access is locked");
  }
  const UploadSession& session = open_upload_session(call.exchange, read_wish(call, body));
  Json out = {{"@odata.context", call.context("microsoft.graph.uploadSession")}};
  out.update(session_json(call.exchange, session));
  out["uploadUrl"] = upload_url(session);
  return json_reply(call.exchange, 200, out);
}

// PUT {item by path} with @microsoft.graph.sourceUrl: the way out after a name clash at the last
// fragment, and the commit of a deferred session.
Reply commit_from_session(GraphCall& call) {
  const Json body = read_json(call.exchange);
  std::string source;
  for (const char* key : {"@microsoft.graph.sourceUrl", "@content.sourceUrl"}) {
    source = body.value(key, source);
  }
  const auto open = source.find("guid='");
  if (open == std::string::npos) throw bad_request("A sourceUrl that is an uploadUrl is needed");
  const auto lock = call.store().lock();
  UploadSession* session = call.store().session(source.substr(open + 6, 36));
  if (session == nullptr || upload_url(*session) != source) {
    throw Refusal(404, "itemNotFound", "The upload session was not found", "uploadSessionNotFound");
  }
  if (!session->total || session->received != *session->total) {
    throw Refusal(400, "invalidRequest", "The session is not complete", "uploadSessionIncomplete");
  }
  const Drive& drive = find_drive(call);
  const std::string name = body.value("name", session->name);
  const Committed done =
      commit_session(call.exchange, *session, name, conflict_of(call, body, Json::object()));
  Reply reply = json_reply(call.exchange, done.created ? 201 : 200,
                           item_json(call.exchange, *done.item, item_view(call, drive)));
  if (call.exchange.switched("final.empty")) reply.body.clear();
  return reply;
}

}  // namespace kerros::sandbox
