<?php
add_theme_support('title-tag');
register_sidebar(['id' => 'sidebar-1', 'name' => 'Side']);
