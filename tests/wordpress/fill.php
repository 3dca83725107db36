<?php
// Fills WordPress through its own functions, the first time it is called, and writes what a crawl of it
// must find. Arguments: folder of WordPress, `pretty` or `plain`, host:port, file to write.
[, $root, $mode, $host, $out] = $argv;
$_SERVER['HTTP_HOST'] = $host;
$_SERVER['SERVER_NAME'] = '127.0.0.1';
$_SERVER['REQUEST_URI'] = '/';
$_SERVER['SERVER_PROTOCOL'] = 'HTTP/1.1';
$_SERVER['REQUEST_METHOD'] = 'GET';
// Nothing here may send a mail.
function wp_mail() { return true; }
$fresh = !file_exists("$root/.filled");
if ($fresh) {
    define('WP_INSTALLING', true);
}
require "$root/wp-load.php";
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
require_once ABSPATH . 'wp-admin/includes/image.php';
require_once ABSPATH . 'wp-admin/includes/taxonomy.php';

const TOPICS = ['harbour', 'shelter', 'interpreter', 'labour inspection', 'fishing fleet', 'brick kiln',
    'helpline', 'court hearing', 'night bus', 'visa desk', 'seasonal work', 'domestic work'];
const DEEDS = ['opened a desk for people who were promised other work', 'trained inspectors to listen before they write',
    'published what it learned from twelve interviews', 'asked employers for the contracts they hand out',
    'met the families of crews that had not been paid', 'explained which papers nobody may keep from you'];

function prose(int $n, int $sentences): string
{
    $text = [];
    for ($i = 0; $i < $sentences; $i++) {
        $topic = TOPICS[($n * 7 + $i * 5) % count(TOPICS)];
        $deed = DEEDS[($n * 3 + $i) % count(DEEDS)];
        $text[] = "In note $n-$i the team of the $topic $deed, and counted " . ($n * 17 + $i * 29) . ' talks in a season.';
    }
    return '<p>' . implode('</p><p>', array_map(fn($part) => implode(' ', $part), array_chunk($text, 3))) . '</p>';
}

function picture(int $n, int $parent, string $date): int
{
    $dir = wp_upload_dir(substr($date, 0, 7));
    $file = "{$dir['path']}/picture-$n.png";
    $image = imagecreatetruecolor(1200, 400);
    imagefilledrectangle($image, 0, 0, 1200, 400, imagecolorallocate($image, $n * 11 % 256, $n * 37 % 256, 90));
    imagepng($image, $file);
    $id = wp_insert_attachment(['post_mime_type' => 'image/png', 'post_title' => "Picture $n",
        'post_content' => "A plain picture, number $n, which shows the quay on a day with nobody there, taken for the archive of the desk so that its wall may be compared with later years.",
        'post_status' => 'inherit', 'post_date' => $date], $file, $parent);
    wp_update_attachment_metadata($id, wp_generate_attachment_metadata($id, $file));
    return $id;
}

function comments(int $post, int $count, string $date): void
{
    $parents = [0];
    for ($i = 0; $i < $count; $i++) {
        // Every third is an answer to one before it, at most three deep.
        $parent = $i % 3 ? $parents[intdiv($i * 2, 3) % count($parents)] : 0;
        $id = wp_insert_comment(['comment_post_ID' => $post, 'comment_author' => "Reader $i",
            'comment_author_email' => "reader$i@partner.example", 'comment_parent' => $parent, 'comment_approved' => 1,
            'comment_content' => "Reader $i says that note $post matches what was seen at the quay in week $i.",
            'comment_date' => date('Y-m-d H:i:s', strtotime($date) + 3600 * ($i + 1))]);
        if (!$parent) {
            $parents[] = $id;
        }
    }
}

function fill(): void
{
    wp_install('Harbour Desk', 'curator', 'curator@partner.example', true, '', 'a long passphrase');
    wp_cache_flush();
    $GLOBALS['wp_rewrite']->init();
    create_initial_taxonomies();
    foreach (get_posts(['post_type' => ['post', 'page'], 'numberposts' => -1, 'post_status' => 'any']) as $sample) {
        wp_delete_post($sample->ID, true);
    }
    $authors = [1];
    foreach (['ines', 'jonas'] as $name) {
        $authors[] = wp_insert_user(['user_login' => $name, 'user_pass' => 'another passphrase', 'role' => 'author', 'display_name' => ucfirst($name)]);
    }
    $categories = array_map(fn($name) => wp_create_category($name), ['News', 'Reports', 'Training', 'Field notes']);
    $categories[] = wp_create_category('Winter notes', $categories[3]);
    $before = 0;
    for ($n = 1; $n <= 60; $n++) {
        $date = date('Y-m-d H:i:s', strtotime('2013-02-03 09:30:00') + $n * 61 * 86400 + $n * 977);
        $id = wp_insert_post(['post_title' => "Note $n: " . ucfirst(TOPICS[$n % count(TOPICS)]), 'post_content' => prose($n, 6 + $n % 9),
            'post_status' => 'publish', 'post_author' => $authors[$n % 3], 'post_date' => $date, 'post_modified' => $date,
            'post_category' => [$categories[$n % 5]], 'tags_input' => [TOPICS[$n % 12], TOPICS[$n * 5 % 12]], 'comment_status' => 'open'], true);
        if ($n % 6 === 0) {
            $image = picture($n, $id, $date);
            wp_update_post(['ID' => $id, 'post_content' => get_post($id)->post_content
                . '<p><a href="' . get_attachment_link($image) . '">' . wp_get_attachment_image($image, 'medium') . '</a></p>']);
        }
        if ($n % 10 === 5) {
            wp_update_post(['ID' => $id, 'post_content' => get_post($id)->post_content . '<!--nextpage-->' . prose($n + 500, 6)]);
        }
        // A short link, as authors paste them: a twin of the address of the note before.
        if ($n % 4 === 1 && $before) {
            wp_update_post(['ID' => $id, 'post_content' => get_post($id)->post_content . '<p>See also <a href="' . home_url("/?p=$before") . '">the note before</a>.</p>']);
        }
        $before = $id;
        comments($id, $n === 7 ? 65 : ($n % 3 === 0 ? 3 + $n % 9 : 0), $date);
    }
    $parent = 0;
    for ($n = 1; $n <= 8; $n++) {
        $id = wp_insert_post(['post_type' => 'page', 'post_title' => "About $n", 'post_content' => prose(200 + $n, 8), 'post_status' => 'publish',
            'post_parent' => $n > 5 ? $parent : 0, 'post_date' => '2012-05-0' . $n . ' 10:00:00']);
        $parent = $parent ?: $id;
    }
    $widgets = ['calendar', 'recent-posts', 'recent-comments', 'archives', 'categories', 'tag_cloud', 'search', 'pages', 'meta'];
    foreach ($widgets as $name) {
        update_option("widget_$name", [2 => ['title' => ucfirst($name)], '_multiwidget' => 1]);
    }
    wp_set_sidebars_widgets(['sidebar-1' => array_map(fn($name) => "$name-2", $widgets)]);
    foreach (['thread_comments' => 1, 'thread_comments_depth' => 3, 'page_comments' => 1, 'comments_per_page' => 20,
        'posts_per_page' => 7, 'comment_registration' => 0, 'close_comments_for_old_posts' => 0, 'comment_moderation' => 0] as $key => $value) {
        update_option($key, $value);
    }
}

if ($fresh) {
    fill();
    touch("$root/.filled");
    // Rewrite rules want a WordPress that is not being installed.
    passthru(implode(' ', array_map('escapeshellarg', array_merge([PHP_BINARY], $argv))), $code);
    exit($code);
}
global $wp_rewrite;
$wp_rewrite->set_permalink_structure($mode === 'pretty' ? '/%year%/%monthnum%/%postname%/' : '');
flush_rewrite_rules();

$truth = [];
foreach (get_posts(['post_type' => ['post', 'page', 'attachment'], 'numberposts' => -1, 'post_status' => ['publish', 'inherit']]) as $post) {
    $words = $post->post_type === 'attachment' ? "number " . substr($post->post_title, 8) . ',' : (preg_match('/In note \S+/', $post->post_content, $hit) ? $hit[0] . ' ' : '');
    $truth[] = ['kind' => $post->post_type, 'id' => $post->ID, 'url' => get_permalink($post), 'words' => $words,
        'comments' => (int) $post->comment_count, 'parts' => substr_count($post->post_content, '<!--nextpage-->') + 1];
}
file_put_contents($out, json_encode(['mode' => $mode, 'objects' => $truth], JSON_UNESCAPED_SLASHES));
