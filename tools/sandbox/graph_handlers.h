// What the Graph host can do, one function for each row of the table in graph_table.cc.
//
// Thread safety: called by many threads; each takes the store's lock itself.
#pragma once

#include "tools/sandbox/graph_call.h"

namespace kerros::sandbox {

// graph_batch.cc
Reply run_batch(GraphCall& call);
// graph_drives.cc
Reply get_user(GraphCall& call);
Reply get_site(GraphCall& call);
Reply list_sites(GraphCall& call);
Reply get_group(GraphCall& call);
Reply list_channels(GraphCall& call);
Reply get_drive(GraphCall& call);
Reply list_drives(GraphCall& call);
// graph_items.cc
Reply get_item(GraphCall& call);
Reply patch_item(GraphCall& call);
Reply delete_item(GraphCall& call);
// graph_folders.cc
Reply list_children(GraphCall& call);
Reply create_child(GraphCall& call);
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
Reply delete_version(GraphCall& call);
// graph_copy.cc
Reply copy_item(GraphCall& call);
// graph_recycle.cc
Reply restore_item(GraphCall& call);
Reply permanent_delete(GraphCall& call);
Reply list_recycle_bin(GraphCall& call);
// graph_checkout.cc
Reply checkout_item(GraphCall& call);
Reply checkin_item(GraphCall& call);
Reply discard_checkout(GraphCall& call);
Reply follow_item(GraphCall& call);
Reply unfollow_item(GraphCall& call);
// graph_sharing.cc
Reply create_link(GraphCall& call);
Reply invite_to_item(GraphCall& call);
Reply list_permissions(GraphCall& call);
Reply get_permission(GraphCall& call);
Reply patch_permission(GraphCall& call);
Reply delete_permission(GraphCall& call);
Reply get_share(GraphCall& call);
// graph_delta.cc
Reply get_delta(GraphCall& call);
Reply get_list_delta(GraphCall& call);
// graph_search.cc
Reply search_items(GraphCall& call);
Reply query_search(GraphCall& call);
// graph_views.cc
Reply list_recent(GraphCall& call);
Reply list_shared_with_me(GraphCall& call);
Reply list_following(GraphCall& call);
Reply list_special(GraphCall& call);
Reply list_bundles(GraphCall& call);
// graph_lists.cc
Reply list_lists(GraphCall& call);
Reply get_list(GraphCall& call);
Reply list_list_items(GraphCall& call);
Reply get_list_item(GraphCall& call);
Reply get_fields(GraphCall& call);
Reply patch_fields(GraphCall& call);
Reply list_list_item_versions(GraphCall& call);
// graph_renditions.cc
Reply list_thumbnails(GraphCall& call);
Reply get_thumbnail_set(GraphCall& call);
Reply get_thumbnail(GraphCall& call);
Reply get_thumbnail_content(GraphCall& call);
Reply preview_item(GraphCall& call);
// graph_workbook.cc
Reply list_worksheets(GraphCall& call);
Reply get_used_range(GraphCall& call);
Reply get_range(GraphCall& call);
Reply patch_range(GraphCall& call);
Reply create_workbook_session(GraphCall& call);
Reply end_workbook_session(GraphCall& call);
// graph_insights.cc
Reply list_activities(GraphCall& call);
Reply get_analytics(GraphCall& call);
Reply list_activities_by_interval(GraphCall& call);
// graph_subscriptions.cc
Reply create_subscription(GraphCall& call);
Reply list_subscriptions(GraphCall& call);
Reply get_subscription(GraphCall& call);
Reply patch_subscription(GraphCall& call);
Reply delete_subscription(GraphCall& call);
Reply get_socket(GraphCall& call);

}  // namespace kerros::sandbox
