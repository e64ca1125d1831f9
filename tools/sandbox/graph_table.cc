// Every resource that is served, and by whom.
#include <array>

#include "tools/sandbox/graph_handlers.h"
#include "tools/sandbox/graph_routes.h"

namespace kerros::sandbox {
namespace {

using enum Subject;

constexpr std::array kRoutes = {
    Route{"POST", kService, "$batch", run_batch},
    Route{"POST", kService, "search/query", query_search},
    Route{"GET", kService, "drives", list_drives},
    Route{"GET", kService, "subscriptions", list_subscriptions},
    Route{"POST", kService, "subscriptions", create_subscription},
    Route{"GET", kService, "subscriptions/*", get_subscription},
    Route{"PATCH", kService, "subscriptions/*", patch_subscription},
    Route{"DELETE", kService, "subscriptions/*", delete_subscription},

    Route{"GET", kUser, "", get_user},
    Route{"GET", kUser, "drives", list_drives},
    Route{"GET", kGroup, "", get_group},
    Route{"GET", kGroup, "drives", list_drives},
    Route{"GET", kGroup, "channels", list_channels},
    Route{"GET", kSite, "", get_site},
    Route{"GET", kSite, "sites", list_sites},
    Route{"GET", kSite, "drives", list_drives},
    Route{"GET", kSite, "lists", list_lists},
    Route{"GET", kSite, "recycleBin/items", list_recycle_bin},

    Route{"GET", kShare, "", get_share},
    Route{"GET", kShare, "listItem", get_list_item},
    Route{"GET", kShare, "list", get_list},
    Route{"GET", kShare, "site", get_site},
    Route{"GET", kShare, "permission", list_permissions},

    Route{"GET", kList, "", get_list},
    Route{"GET", kList, "items", list_list_items},
    Route{"GET", kList, "items/delta", get_list_delta},
    Route{"GET", kList, "items/delta()", get_list_delta},
    Route{"GET", kListItem, "", get_list_item},
    Route{"GET", kListItem, "fields", get_fields},
    Route{"PATCH", kListItem, "fields", patch_fields},
    Route{"GET", kListItem, "versions", list_list_item_versions},
    Route{"GET", kListItem, "activities", list_activities},
    Route{"GET", kListItem, "analytics", get_analytics},
    Route{"GET", kListItem, "getActivitiesByInterval()", list_activities_by_interval},

    Route{"GET", kDrive, "", get_drive},
    Route{"GET", kDrive, "search()", search_items},
    Route{"GET", kDrive, "recent", list_recent},
    Route{"GET", kDrive, "recent()", list_recent},
    Route{"GET", kDrive, "sharedWithMe", list_shared_with_me},
    Route{"GET", kDrive, "sharedWithMe()", list_shared_with_me},
    Route{"GET", kDrive, "following", list_following},
    Route{"GET", kDrive, "special", list_special},
    Route{"GET", kDrive, "bundles", list_bundles},
    Route{"GET", kDrive, "activities", list_activities},

    Route{"GET", kItem, "", get_item},
    Route{"PUT", kItem, "", commit_from_session},
    Route{"PATCH", kItem, "", patch_item},
    Route{"DELETE", kItem, "", delete_item},
    Route{"POST", kItem, "permanentDelete", permanent_delete},
    Route{"POST", kItem, "restore", restore_item},
    Route{"POST", kItem, "copy", copy_item},
    Route{"GET", kItem, "children", list_children},
    Route{"POST", kItem, "children", create_child},
    Route{"GET", kItem, "search()", search_items},
    Route{"GET", kItem, "delta", get_delta},
    Route{"GET", kItem, "delta()", get_delta},

    Route{"GET", kItem, "content", get_content},
    Route{"HEAD", kItem, "content", get_content},
    Route{"GET", kItem, "content/$value", get_content},
    Route{"GET", kItem, "contentStream", get_content_stream},
    Route{"PUT", kItem, "content", put_content},
    Route{"PUT", kItem, "content/$value", put_content},
    Route{"POST", kItem, "createUploadSession", create_upload_session},

    Route{"GET", kItem, "versions", list_versions},
    Route{"GET", kItem, "versions/*", get_version},
    Route{"DELETE", kItem, "versions/*", delete_version},
    Route{"GET", kItem, "versions/*/content", get_version_content},
    Route{"POST", kItem, "versions/*/restoreVersion", restore_version},

    Route{"POST", kItem, "checkout", checkout_item},
    Route{"POST", kItem, "checkin", checkin_item},
    Route{"POST", kItem, "discardCheckout", discard_checkout},
    Route{"POST", kItem, "follow", follow_item},
    Route{"POST", kItem, "unfollow", unfollow_item},

    Route{"POST", kItem, "createLink", create_link},
    Route{"POST", kItem, "invite", invite_to_item},
    Route{"GET", kItem, "permissions", list_permissions},
    Route{"GET", kItem, "permissions/*", get_permission},
    Route{"PATCH", kItem, "permissions/*", patch_permission},
    Route{"DELETE", kItem, "permissions/*", delete_permission},

    Route{"GET", kItem, "listItem", get_list_item},
    Route{"GET", kItem, "listItem/fields", get_fields},
    Route{"PATCH", kItem, "listItem/fields", patch_fields},
    Route{"GET", kItem, "activities", list_activities},
    Route{"GET", kItem, "analytics", get_analytics},
    Route{"GET", kItem, "getActivitiesByInterval()", list_activities_by_interval},
    Route{"GET", kItem, "subscriptions/socketIo", get_socket},

    Route{"GET", kItem, "thumbnails", list_thumbnails},
    Route{"GET", kItem, "thumbnails/*", get_thumbnail_set},
    Route{"GET", kItem, "thumbnails/*/*", get_thumbnail},
    Route{"GET", kItem, "thumbnails/*/*/content", get_thumbnail_content},
    Route{"POST", kItem, "preview", preview_item},

    Route{"GET", kItem, "workbook/worksheets", list_worksheets},
    Route{"GET", kItem, "workbook/worksheets/*/usedRange", get_used_range},
    Route{"GET", kItem, "workbook/worksheets/*/usedRange()", get_used_range},
    Route{"GET", kItem, "workbook/worksheets/*/range()", get_range},
    Route{"PATCH", kItem, "workbook/worksheets/*/range()", patch_range},
    Route{"POST", kItem, "workbook/createSession", create_workbook_session},
    Route{"POST", kItem, "workbook/refreshSession", end_workbook_session},
    Route{"POST", kItem, "workbook/closeSession", end_workbook_session},
};

}  // namespace

std::span<const Route> graph_routes() { return kRoutes; }

}  // namespace kerros::sandbox
