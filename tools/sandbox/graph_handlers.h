// What the Graph host can do, one function for each row of the table in graph_routes.cc.
//
// Thread safety: called by many threads; each takes the store's lock itself.
#pragma once

#include "tools/sandbox/graph_call.h"

namespace kerros::sandbox {

// graph_drives.cc
Reply get_user(GraphCall& call);
Reply get_site(GraphCall& call);
Reply get_drive(GraphCall& call);
Reply list_drives(GraphCall& call);
// graph_items.cc
Reply get_item(GraphCall& call);
Reply patch_item(GraphCall& call);
Reply delete_item(GraphCall& call);
// graph_folders.cc
Reply list_children(GraphCall& call);
Reply create_child(GraphCall& call);
Reply search_items(GraphCall& call);
// graph_content.cc
Reply get_content(GraphCall& call);
Reply get_content_stream(GraphCall& call);
Reply put_content(GraphCall& call);
// graph_sessions.cc
Reply create_upload_session(GraphCall& call);
Reply commit_from_session(GraphCall& call);
// graph_versions.cc
Reply list_versions(GraphCall& call);
Reply get_version(GraphCall& call);
Reply get_version_content(GraphCall& call);
Reply restore_version(GraphCall& call);
// graph_delta.cc
Reply get_delta(GraphCall& call);

}  // namespace kerros::sandbox
